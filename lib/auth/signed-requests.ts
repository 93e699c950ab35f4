import { hash } from 'node:crypto'
import { AppError } from '@/lib/domain/errors'
import type { Origin } from '@/lib/domain/principal'
import { findSealedAccessKey, touchAccessKey } from '@/lib/metadata/access-keys'
import { claimNonce } from '@/lib/metadata/nonces'
import type { User } from '@/lib/metadata/users'
import type { Context } from '@/lib/context'

/** How far the time of a request may be from the server's, in milliseconds, before and after. */
const windowMs = 15 * 60_000

/** The form of an access key's id. No other text is looked up. */
const idForm = /^[\w.-]{1,128}$/

/** A signature by an access key. */
export interface AccessKeySignature {
  readonly accessKeyId: string
  /** When the request was made, as its client says, in milliseconds. */
  readonly madeAtMs: number
  /** A text that the client sends only once. */
  readonly nonce: string
  /** Whether the signature was made with the secret. Takes the same time wherever it differs. */
  readonly isMadeWith: (secret: string) => boolean
}

/**
 * Returns the user whose access key signed a request, freshly read from the database. The request counts as used from
 * then on, in all processes and servers, whatever becomes of it.
 *
 * Throws TIMESTAMP_EXPIRED, ACCESS_KEY_UNKNOWN, SIGNATURE_MISMATCH; with a right signature ACCESS_KEY_INACTIVE and
 * NONCE_USED; TOO_MANY_ATTEMPTS and UNAVAILABLE as `attempts.guard` does. A wrong signature costs the same for an id that
 * exists and for one that does not.
 */
export async function authenticateSignedRequest(
  ctx: Pick<Context, 'db' | 'secrets' | 'credentialUses' | 'attempts'>,
  { accessKeyId: id, madeAtMs, nonce, isMadeWith }: AccessKeySignature,
  { address }: Pick<Origin, 'address'>,
  now: Date,
): Promise<User> {
  if (Math.abs(now.getTime() - madeAtMs) > windowMs) throw new AppError('TIMESTAMP_EXPIRED')
  const found = idForm.test(id) ? await findSealedAccessKey(ctx.db, id) : null
  const isSigner = await ctx.attempts.guard({ kind: 'access-key', account: id, isUnguessable: true, address }, () => {
    // Sealing costs as much as opening, and the result is no key's secret.
    const secret = found === null ? ctx.secrets.seal('', id) : ctx.secrets.open(found.sealedSecret, id)
    return Promise.resolve(isMadeWith(secret) && found !== null ? true : null)
  })
  if (found === null) throw new AppError('ACCESS_KEY_UNKNOWN')
  if (isSigner === null) throw new AppError('SIGNATURE_MISMATCH')
  // Only a caller with the secret learns it.
  if (found.isDisabled) throw new AppError('ACCESS_KEY_INACTIVE')
  if (found.user.isDisabled) throw new AppError('ACCESS_KEY_INACTIVE', { message: 'the user is disabled' })
  // After the proof, so that a stranger can neither use up a nonce nor fill the table.
  const isFirst = await ctx.db.sqlTransaction((tx) =>
    claimNonce(tx, hash('sha256', `${id}\0${nonce}`, 'base64url'), now),
  )
  if (!isFirst) throw new AppError('NONCE_USED')
  ctx.credentialUses.note({ id, lastUsedAt: found.lastUsedAt }, (minute) => touchAccessKey(ctx.db, id, minute))
  return found.user
}

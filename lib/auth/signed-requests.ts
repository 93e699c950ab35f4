import { hash } from 'node:crypto'
import { AppError } from '@/lib/domain/errors'
import type { Origin, Principal } from '@/lib/domain/principal'
import { robotUserName } from '@/lib/domain/robot-name'
import type { RequestLimit } from '@/lib/limits/request-limit'
import { findSealedAccessKey, touchAccessKey } from '@/lib/metadata/access-keys'
import { claimNonce } from '@/lib/metadata/nonces'
import { noteCredentialUse } from '@/lib/metadata/registry-credentials'
import { findSealedRobot } from '@/lib/metadata/robots'
import { openRobotSecret } from '@/lib/secrets/robot-secrets'
import type { Context } from '@/lib/context'

/** How far the time of a request may be from the server's, in milliseconds, before and after. */
const windowMs = 15 * 60_000

/** The form of an access key's id and of a robot's. No other text is looked up. */
const idForm = /^[\w.-]{1,128}$/

/** A signature by an access key, or by a robot, whose id and secret are one. */
export interface AccessKeySignature {
  readonly accessKeyId: string
  /** When the request was made, as its client says, in milliseconds. */
  readonly madeAtMs: number
  /** A text that the client sends only once. */
  readonly nonce: string
  /** Whether the signature was made with the secret. Takes the same time wherever it differs. */
  readonly isMadeWith: (secret: string) => boolean
}

type Parts = Pick<Context, 'db' | 'secrets' | 'credentialUses' | 'attempts'>

/**
 * Returns the user or the robot whose access key signed a request, freshly read from the database. The request counts as
 * used from then on, in all processes and servers, whatever becomes of it.
 *
 * Throws TIMESTAMP_EXPIRED, ACCESS_KEY_UNKNOWN, SIGNATURE_MISMATCH; with a right signature ACCESS_KEY_INACTIVE and
 * NONCE_USED, and TOO_MANY_REQUESTS beyond `limit`; TOO_MANY_ATTEMPTS and UNAVAILABLE as `attempts.guard` does. A wrong signature costs the same for an id that
 * exists and for one that does not.
 */
export async function authenticateSignedRequest(
  ctx: Parts,
  { accessKeyId, madeAtMs, nonce, isMadeWith }: AccessKeySignature,
  origin: Origin,
  { now, limit }: { readonly now: Date; readonly limit: RequestLimit },
): Promise<Principal> {
  if (Math.abs(now.getTime() - madeAtMs) > windowMs) throw new AppError('TIMESTAMP_EXPIRED')
  const signer = idForm.test(accessKeyId) ? await findSigner(ctx, accessKeyId, now) : null
  const attempt = { kind: 'access-key', account: accessKeyId, isUnguessable: true, address: origin.address } as const
  const found = { isKnown: false }
  const isSigner = await ctx.attempts.guard(attempt, () => {
    const secret = signer?.open() ?? null
    found.isKnown = secret !== null
    // Sealing costs as much as opening, and the result is nobody's secret.
    return Promise.resolve(isMadeWith(secret ?? ctx.secrets.seal('', accessKeyId)) && found.isKnown ? true : null)
  })
  if (signer === null || !found.isKnown) throw new AppError('ACCESS_KEY_UNKNOWN')
  if (isSigner === null) throw new AppError('SIGNATURE_MISMATCH')
  // Only a caller with the secret learns it.
  if (signer.refusal !== null) throw new AppError('ACCESS_KEY_INACTIVE', { message: signer.refusal })
  // After the proof, so that a stranger can neither use up a nonce nor fill the table; limited, so that nobody else can.
  await limit.take(accessKeyId)
  const id = hash('sha256', `${accessKeyId}\0${nonce}`, 'base64url')
  if (!(await ctx.db.sqlTransaction((tx) => claimNonce(tx, id, now)))) throw new AppError('NONCE_USED')
  const { lastUsedAt, noteUse, bearer } = signer
  ctx.credentialUses.note({ id: accessKeyId, lastUsedAt }, (minute) => noteUse(minute, origin.address))
  return { ...bearer, credential: accessKeyId, token: null, ...origin }
}

/** Who has an access key, before it is known whether they signed. */
interface Signer {
  /** Opens the secret; null when there is none. */
  readonly open: () => string | null
  /** Why it is refused although the signature is right; null when it is accepted. */
  readonly refusal: string | null
  readonly bearer: Pick<Principal, 'kind' | 'id' | 'name' | 'role'>
  readonly lastUsedAt: Date | null
  readonly noteUse: (minute: Date, address: string) => Promise<void>
}

async function findSigner(ctx: Parts, id: string, now: Date): Promise<Signer | null> {
  const key = await findSealedAccessKey(ctx.db, id)
  if (key === null) return findRobot(ctx, id, now)
  const { sealedSecret, isDisabled, lastUsedAt, user } = key
  return {
    open: () => ctx.secrets.open(sealedSecret, id),
    refusal: isDisabled ? 'the access key is disabled' : user.isDisabled ? 'the user is disabled' : null,
    bearer: { kind: 'user', id: user.id, name: user.name, role: user.role },
    lastUsedAt,
    noteUse: (minute) => touchAccessKey(ctx.db, id, minute),
  }
}

async function findRobot(ctx: Parts, id: string, now: Date): Promise<Signer | null> {
  const robot = await findSealedRobot(ctx.db, id)
  if (robot === null) return null
  const { name, isDisabled, expiresAt, lastUsedAt } = robot
  const hasExpired = expiresAt !== null && expiresAt <= now
  return {
    open: () => openRobotSecret(ctx.secrets, robot),
    refusal: isDisabled ? 'the robot is disabled' : hasExpired ? 'the robot has expired' : null,
    bearer: { kind: 'robot', id, name: robotUserName(name), role: 'MEMBER' },
    lastUsedAt,
    noteUse: (at, address) => noteCredentialUse(ctx.db, { kind: 'robot', id }, { at, address }),
  }
}

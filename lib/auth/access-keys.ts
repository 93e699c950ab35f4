import { createHash, timingSafeEqual } from 'node:crypto'
import type { BasicCredentials } from './basic-credentials'
import { AppError } from '@/lib/domain/errors'
import type { Origin } from '@/lib/domain/principal'
import { findSealedAccessKey, touchAccessKey } from '@/lib/metadata/access-keys'
import type { User } from '@/lib/metadata/users'
import type { Context } from '@/lib/context'

/**
 * Returns the user of an access key, freshly read from the database; null when the id or the secret is wrong. Both cost
 * the same. Throws UNAUTHORIZED, saying why, when the key or the user is disabled: only a caller with the secret learns
 * it. Throws TOO_MANY_ATTEMPTS and UNAVAILABLE as `attempts.prove` does.
 */
export async function authenticateAccessKey(
  ctx: Pick<Context, 'db' | 'secrets' | 'credentialUses' | 'attempts'>,
  { name: id, secret }: BasicCredentials,
  { address }: Pick<Origin, 'address'>,
): Promise<User | null> {
  const found = await findSealedAccessKey(ctx.db, id)
  const comparedWith = found?.sealedSecret ?? null
  const fits = await ctx.attempts.prove(
    { kind: 'access-key', account: id, isUnguessable: true, address, secret, comparedWith },
    () => {
      // Sealing costs as much as opening, and the result is no key's secret.
      const expected = comparedWith === null ? ctx.secrets.seal('', id) : ctx.secrets.open(comparedWith, id)
      return Promise.resolve(timingSafeEqual(sha256(expected), sha256(secret)))
    },
  )
  if (found === null || !fits) return null
  if (found.isDisabled) throw new AppError('UNAUTHORIZED', { message: 'the access key is disabled' })
  if (found.user.isDisabled) throw new AppError('UNAUTHORIZED', { message: 'the user is disabled' })
  ctx.credentialUses.note({ id, lastUsedAt: found.lastUsedAt }, (minute) => touchAccessKey(ctx.db, id, minute))
  return found.user
}

// The hashes have equal lengths, whatever the secrets' lengths.
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

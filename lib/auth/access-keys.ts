import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError } from '@/lib/domain/errors'
import { findSealedAccessKey, touchAccessKey } from '@/lib/metadata/access-keys'
import type { User } from '@/lib/metadata/users'
import type { Context } from '@/lib/context'

/**
 * The user whose access key this is, read from the database as they are now; null otherwise. An id that does not exist
 * costs as much as a wrong secret. Throws UNAUTHORIZED, saying why, for a key or a user that is disabled: only whoever
 * has the secret learns it.
 */
export async function authenticateAccessKey(
  ctx: Pick<Context, 'db' | 'secrets' | 'credentialUses'>,
  id: string,
  secret: string,
): Promise<User | null> {
  const found = await findSealedAccessKey(ctx.db, id)
  // Sealing costs what opening does, and nobody's secret is what comes of it.
  const expected = found === null ? ctx.secrets.seal('', id) : ctx.secrets.open(found.sealedSecret, id)
  const fits = timingSafeEqual(sha256(expected), sha256(secret))
  if (found === null || !fits) return null
  if (found.isDisabled) throw new AppError('UNAUTHORIZED', { message: 'the access key is disabled' })
  if (found.user.isDisabled) throw new AppError('UNAUTHORIZED', { message: 'the user is disabled' })
  ctx.credentialUses.note({ id, lastUsedAt: found.lastUsedAt }, (minute) => touchAccessKey(ctx.db, id, minute))
  return found.user
}

// Equal lengths, whatever the secrets' are.
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

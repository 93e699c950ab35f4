import { createHash, timingSafeEqual } from 'node:crypto'
import { findSealedAccessKey } from '@/lib/metadata/access-keys'
import type { Db } from '@/lib/metadata/database'
import type { User } from '@/lib/metadata/users'
import type { SecretBox } from './secret-box'

/**
 * The user whose access key this is, read from the database as they are now; null otherwise, and for a key or a user
 * that is disabled. An id that does not exist costs as much as a wrong secret.
 */
export async function authenticateAccessKey(
  db: Db,
  secrets: SecretBox,
  id: string,
  secret: string,
): Promise<User | null> {
  const found = await findSealedAccessKey(db, id)
  const expected = found === null ? '' : secrets.open(found.sealedSecret, id)
  const fits = timingSafeEqual(sha256(expected), sha256(secret))
  return found !== null && fits && !found.isDisabled && !found.user.isDisabled ? found.user : null
}

// Equal lengths, whatever the secrets' are.
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

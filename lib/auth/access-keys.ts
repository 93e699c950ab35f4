import { findAccessKeyWithSecretHash } from '@/lib/metadata/access-keys'
import type { Db } from '@/lib/metadata/database'
import type { User } from '@/lib/metadata/users'
import { verifyPasswordOfMaybe } from './passwords'

/**
 * The user whose access key this is, read from the database as they are now; null otherwise, and as slowly for an id
 * that does not exist as for a wrong secret. Throws UNAVAILABLE when too many verifications wait.
 */
export async function authenticateAccessKey(db: Db, id: string, secret: string): Promise<User | null> {
  const found = await findAccessKeyWithSecretHash(db, id)
  return (await verifyPasswordOfMaybe(found?.secretHash, secret)) && found !== null ? found.user : null
}

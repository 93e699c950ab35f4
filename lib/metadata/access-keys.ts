import type { Db, Transaction } from './database'
import { type User, userFields } from './users'

/** The user of an access key with the hash its secret is verified against, or null. Only lib/auth asks for it. */
export async function findAccessKeyWithSecretHash(
  db: Db,
  id: string,
): Promise<{ readonly user: User; readonly secretHash: string } | null> {
  return db.accessKey.findUnique({ where: { id }, select: { secretHash: true, user: { select: userFields } } })
}

/** Adds an access key. The database refuses an id that is taken (`isUniqueViolation`). */
export async function insertAccessKey(
  tx: Transaction,
  key: { readonly id: string; readonly userId: string; readonly secretHash: string },
): Promise<void> {
  await tx.accessKey.create({ data: key })
}

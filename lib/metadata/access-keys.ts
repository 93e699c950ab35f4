import type { Db, Transaction } from './database'
import { type User, userFields } from './users'

/** The access key with what its secret is compared with, and its user; or null. Only lib/auth asks for it. */
export async function findSealedAccessKey(
  db: Db,
  id: string,
): Promise<{ readonly user: User; readonly sealedSecret: string; readonly isDisabled: boolean } | null> {
  return db.accessKey.findUnique({
    where: { id },
    select: { sealedSecret: true, isDisabled: true, user: { select: userFields } },
  })
}

/** Adds an access key. The database refuses an id that is taken (`isUniqueViolation`). */
export async function insertAccessKey(
  tx: Transaction,
  key: { readonly id: string; readonly userId: string; readonly sealedSecret: string },
): Promise<void> {
  await tx.accessKey.create({ data: key })
}

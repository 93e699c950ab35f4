import { type Db, type Transaction, preparedReads } from './database'

/** A person or machine that may log on, without secrets. */
export interface User {
  readonly id: string
  readonly name: string
  readonly role: 'ADMINISTRATOR' | 'MEMBER'
}

/** What `select` takes to answer a `User`. */
export const userFields = { id: true, name: true, role: true } as const

/** The user of that name with the hash a password is verified against, or null. Only lib/auth asks for it. */
export async function findUserWithPasswordHash(
  db: Db,
  name: string,
): Promise<{ readonly user: User; readonly passwordHash: string } | null> {
  const reads = preparedReads(db)
  const row = reads
    ? reads.user(name)
    : await db.user.findUnique({ where: { name }, select: { ...userFields, passwordHash: true } })
  if (row === null) return null
  const { passwordHash, ...user } = row
  return { user, passwordHash }
}

/** Adds a user. The database refuses a name that is taken (`isUniqueViolation`). */
export async function insertUser(tx: Transaction, user: User & { readonly passwordHash: string }): Promise<void> {
  await tx.user.create({ data: user })
}

/** How many users there are; 0 before the first start. */
export async function countUsers(db: Db): Promise<number> {
  return db.user.count()
}

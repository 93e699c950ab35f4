import type { Source, SqlSource, Transaction } from './engine/database'

/** A person who may log on, without secrets. */
export interface User {
  readonly id: string
  readonly name: string
  readonly displayName: string
  readonly isDisabled: boolean
  readonly role: 'ADMINISTRATOR' | 'MEMBER'
}

/** What `select` takes to answer a `User`. */
export const userFields = { id: true, name: true, displayName: true, isDisabled: true, role: true } as const

/**
 * The user of that name with the hash a password is verified against, or null; the hash is null where there is no
 * password (single sign-on). Only lib/auth asks for it.
 */
export async function findUserWithPasswordHash(
  source: SqlSource,
  name: string,
): Promise<{ readonly user: User; readonly passwordHash: string | null } | null> {
  const [row] = await source.read.$queryRaw<(User & { passwordHash: string | null })[]>`
    SELECT "id", "name", "displayName", "isDisabled", "role", "passwordHash" FROM "User" WHERE "name" = ${name}`
  if (row === undefined) return null
  const { passwordHash, ...user } = row
  return { user, passwordHash }
}

/** Adds a user. The database refuses a name that is taken (`isUniqueViolation`). */
export async function insertUser(
  tx: Transaction,
  user: Pick<User, 'id' | 'name' | 'role'> & { readonly displayName?: string; readonly passwordHash: string | null },
): Promise<void> {
  await tx.prisma.user.create({ data: user })
}

/** How many users there are; 0 before the first start. */
export async function countUsers(db: Source): Promise<number> {
  return db.prisma.user.count()
}

import { AppError } from '@/lib/domain/errors'
import type { Source, SqlSource, Transaction } from './engine/database'
import { isUniqueViolation } from './engine/failures'
import { Prisma } from './generated/sqlite/client'
import { type Slice, type Sql, allOf, contains, inOrder } from './engine/listing'
import { lockName, lockRow } from './engine/locks'
import { type InvitationRow, findPendingInvitations } from './invitations'

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

/** A user as stored, without the password. */
export interface UserRow {
  readonly id: string
  readonly name: string
  readonly displayName: string
  readonly role: 'ADMINISTRATOR' | 'MEMBER'
  readonly isDisabled: boolean
  /** False for one whose pulls say nothing about use, such as a scanner. */
  readonly arePullsCounted: boolean
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly lastLogOnAt: Date | null
}

/** What may change of a user. */
export type UserSettings = Pick<UserRow, 'displayName' | 'role' | 'isDisabled' | 'arePullsCounted'>

/** Which users a list shows: those whose name or display name holds a text, of a role, disabled or not. */
export interface UserFilter {
  readonly search?: string | undefined
  readonly role?: UserRow['role'] | undefined
  readonly isDisabled?: boolean | undefined
}

/** What a list of users can be sorted by. */
export type UserSortKey = 'name' | 'createdAt'

const columns = Prisma.sql`u."id", u."name", u."displayName", u."role", u."isDisabled", u."arePullsCounted", u."version",
  u."createdAt", u."updatedAt", u."lastLogOnAt"`

const sortColumns: Record<UserSortKey, Sql> = {
  name: Prisma.sql`u."name"`,
  createdAt: Prisma.sql`u."createdAt"`,
}

/** The user, or null. */
export async function findUser(db: Source, id: string): Promise<UserRow | null> {
  return db.prisma.user.findUnique({ where: { id }, omit: { passwordHash: true } })
}

/** The user of that name, locked until the transaction ends, or null. */
export async function lockUserByName(tx: Transaction, name: string): Promise<UserRow | null> {
  const found = await tx.prisma.user.findUnique({ where: { name }, select: { id: true } })
  if (found === null) return null
  await lockRow(tx, 'User', found.id)
  return findUser(tx, found.id)
}

/** Users in order; those with equal keys by id. */
export async function listUsers(
  db: Source,
  filter: UserFilter,
  sortKey: UserSortKey,
  slice: Slice,
): Promise<UserRow[]> {
  return db.read.$queryRaw<UserRow[]>`
    SELECT ${columns} FROM "User" u WHERE ${matching(filter)}
    ${inOrder(sortColumns[sortKey], Prisma.sql`u."id"`, slice)}`
}

/** How many users the list has. */
export async function countMatchingUsers(db: Source, filter: UserFilter): Promise<number> {
  const [row] = await db.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "User" u WHERE ${matching(filter)}`
  return Number(row?.count)
}

function matching({ search, role, isDisabled }: UserFilter): Sql {
  return allOf([
    search === undefined
      ? undefined
      : Prisma.sql`(${contains(Prisma.sql`u."name"`, search)} OR ${contains(Prisma.sql`u."displayName"`, search)})`,
    role === undefined ? undefined : Prisma.sql`u."role" = ${role}`,
    isDisabled === undefined ? undefined : Prisma.sql`u."isDisabled" = ${isDisabled}`,
  ])
}

/** What is shown of users in addition to their own row. */
export interface UserFacts {
  readonly hasSecondFactor: boolean
  readonly grantCount: number
  /** Whether there is neither a console password nor an identity of single sign-on: nobody can log on as this user. */
  readonly awaitsPassword: boolean
  /** The latest invitation that was neither used nor revoked; it may have expired. Null unless a password is awaited. */
  readonly invitation: Pick<InvitationRow, 'createdBy' | 'createdAt' | 'expiresAt'> | null
}

/** For each of the users: what is shown of them in addition to their own row. */
export async function getUserFacts(db: Source, userIds: readonly string[]): Promise<(id: string) => UserFacts> {
  const [factors, grants, awaiting] = await Promise.all([
    db.prisma.secondFactor.findMany({
      where: { userId: { in: [...userIds] }, confirmedAt: { not: null } },
      select: { userId: true },
    }),
    db.prisma.grant.groupBy({ by: ['subjectId'], where: { subjectId: { in: [...userIds] } }, _count: true }),
    listAwaitingPassword(db, userIds),
  ])
  const withFactor = new Set(factors.map((row) => row.userId))
  const counts = new Map(grants.map((row) => [row.subjectId, row._count]))
  const invitations = awaiting.size === 0 ? null : await findPendingInvitations(db, [...awaiting])
  return (id) => ({
    hasSecondFactor: withFactor.has(id),
    grantCount: counts.get(id) ?? 0,
    awaitsPassword: awaiting.has(id),
    invitation: invitations?.get(id) ?? null,
  })
}

/** Those of the users who have neither a console password nor an identity of single sign-on. */
export async function listAwaitingPassword(db: Source, userIds: readonly string[]): Promise<Set<string>> {
  const rows = await db.prisma.user.findMany({
    where: { id: { in: [...userIds] }, passwordHash: null, identities: { none: {} } },
    select: { id: true },
  })
  return new Set(rows.map(({ id }) => id))
}

/** What is set of a new user. */
export interface NewUserSettings extends Omit<UserSettings, 'arePullsCounted'> {
  /** True if absent. */
  readonly arePullsCounted?: boolean | undefined
}

/** Adds a user; without a password when the hash is null. Throws ALREADY_EXISTS when the name is taken. */
export async function addUser(
  tx: Transaction,
  user: NewUserSettings & Pick<UserRow, 'id' | 'name'> & { readonly passwordHash: string | null },
): Promise<void> {
  try {
    await tx.prisma.user.create({ data: { ...user, arePullsCounted: user.arePullsCounted ?? true } })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const message = `there is a user ${user.name}`
    throw new AppError('ALREADY_EXISTS', { message, fields: [{ path: 'name', message }], cause: error })
  }
}

/** Changes a user who still has `version`; returns whether that was so. */
export async function updateUser(
  tx: Transaction,
  { id, version }: { readonly id: string; readonly version: number },
  changes: Partial<UserSettings> & { readonly passwordHash?: string },
): Promise<boolean> {
  const data = { ...changes, version: { increment: 1 } }
  const { count } = await tx.prisma.user.updateMany({ where: { id, version }, data })
  return count > 0
}

/** Deletes a user who still has `version`, with grants, sessions and credentials; returns whether that was so. */
export async function deleteUser(
  tx: Transaction,
  { id, version }: { readonly id: string; readonly version: number },
): Promise<boolean> {
  const { count } = await tx.prisma.user.deleteMany({ where: { id, version } })
  return count > 0
}

/**
 * Throws LAST_ADMINISTRATOR unless there is another enabled administrator. Call it before removing the user's rights:
 * other callers wait until the transaction ends, so two administrators who remove each other's rights cannot both pass
 * the check.
 */
export async function assertAnotherAdministrator(tx: Transaction, userId: string): Promise<void> {
  await lockName(tx, 'administrators')
  const others = await tx.prisma.user.count({
    where: { id: { not: userId }, role: 'ADMINISTRATOR', isDisabled: false },
  })
  if (others === 0) throw new AppError('LAST_ADMINISTRATOR')
}

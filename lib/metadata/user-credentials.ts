import type { Source, Transaction } from './engine/database'
import { lockRow } from './engine/locks'
import { deleteRefreshTokensOfUser } from './refresh-tokens'
import { deleteSessionsOfUser } from './sessions'
import { type User, userFields } from './users'

/** A user with what a password is verified against; null where there is no password (single sign-on). */
export interface UserCredentials {
  readonly user: User
  readonly passwordHash: string | null
}

/** The user of that id with the hash of the password, or null. Only lib/auth asks for it. */
export async function findCredentials(db: Source, userId: string): Promise<UserCredentials | null> {
  const row = await db.prisma.user.findUnique({ where: { id: userId }, select: { ...userFields, passwordHash: true } })
  if (row === null) return null
  const { passwordHash, ...user } = row
  return { user, passwordHash }
}

/**
 * The same, locked until the transaction ends: a log-on that checks them and a change of the password run one after
 * the other, never at the same time.
 */
export async function lockCredentials(tx: Transaction, userId: string): Promise<UserCredentials | null> {
  await lockRow(tx, 'User', userId)
  return findCredentials(tx, userId)
}

/** Changes a user's password. The caller must end their sessions. */
export async function updatePasswordHash(tx: Transaction, userId: string, passwordHash: string): Promise<void> {
  await tx.prisma.user.update({ where: { id: userId }, data: { passwordHash, version: { increment: 1 } } })
}

/** Notes that a user logged on at `now`. */
export async function noteLogOn(tx: Transaction, userId: string, now: Date): Promise<void> {
  // In plain SQL, so that `updatedAt`, which is for changes, stays.
  await tx.$executeRaw`UPDATE "User" SET "lastLogOnAt" = ${now} WHERE "id" = ${userId}`
}

/** What `endCredentials` ended, by kind: how many there were. Refresh tokens are not counted: clients keep them. */
export interface EndedCredentials {
  readonly sessions: number
  readonly accessKeys: number
  readonly registryPasswords: number
  /** Expired and revoked ones are not counted. */
  readonly temporaryTokens: number
}

/**
 * Ends all that a user can prove themselves with, except the console password: sessions, access keys, registry
 * passwords, temporary tokens and refresh tokens. Grants stay.
 */
export async function endCredentials(tx: Transaction, userId: string, now: Date): Promise<EndedCredentials> {
  await deleteRefreshTokensOfUser(tx, userId)
  const sessions = await deleteSessionsOfUser(tx, userId)
  const keys = await tx.prisma.accessKey.deleteMany({ where: { userId } })
  const passwords = await tx.prisma.registryPassword.deleteMany({ where: { userId } })
  // Revoked, not deleted: a refusal can then say why.
  const tokens = await tx.prisma.temporaryToken.updateMany({
    where: { userId, revokedAt: null, expiresAt: { gt: now } },
    data: { revokedAt: now },
  })
  return { sessions, accessKeys: keys.count, registryPasswords: passwords.count, temporaryTokens: tokens.count }
}

import type { Source, Transaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Slice, inOrder } from './engine/listing'
import { type User, userFields } from './users'

/** A console session as stored: only the token's hash is stored, never the token. */
export interface StoredSession {
  readonly id: string
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
  readonly user: User
}

/** A session as its user's list shows it. */
export interface SessionRow {
  readonly id: string
  readonly address: string
  readonly userAgent: string
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
}

/** The session of that token hash with its user as they are now, expired or not; null when there is none. */
export async function findSessionByHash(db: Source, tokenHash: string): Promise<StoredSession | null> {
  return db.prisma.session.findUnique({
    where: { tokenHash },
    select: { id: true, createdAt: true, lastSeenAt: true, expiresAt: true, user: { select: userFields } },
  })
}

/** Adds a session. */
export async function insertSession(
  tx: Transaction,
  session: Omit<SessionRow, 'lastSeenAt'> & { readonly tokenHash: string; readonly userId: string },
): Promise<void> {
  await tx.prisma.session.create({ data: { ...session, lastSeenAt: session.createdAt } })
}

/** Notes when a session was used, and when it ends now. */
export async function touchSession(
  db: Source,
  id: string,
  use: Pick<SessionRow, 'lastSeenAt' | 'expiresAt'>,
): Promise<void> {
  await db.prisma.session.updateMany({ where: { id }, data: use })
}

/** Sessions of a user that last beyond `now`, the newest first. */
export async function listSessions(db: Source, userId: string, now: Date, slice: Slice): Promise<SessionRow[]> {
  return db.read.$queryRaw<SessionRow[]>`
    SELECT "id", "address", "userAgent", "createdAt", "lastSeenAt", "expiresAt" FROM "Session"
    WHERE "userId" = ${userId} AND "expiresAt" > ${now}
    ${inOrder(Prisma.sql`"createdAt"`, Prisma.sql`"id"`, slice)}`
}

/** How many sessions of a user last beyond `now`. */
export async function countSessions(db: Source, userId: string, now: Date): Promise<number> {
  return db.prisma.session.count({ where: { userId, expiresAt: { gt: now } } })
}

/** Ends the session of a token hash; returns whether there was one. */
export async function deleteSessionByHash(tx: Transaction, tokenHash: string): Promise<boolean> {
  const { count } = await tx.prisma.session.deleteMany({ where: { tokenHash } })
  return count > 0
}

/** Ends one session of a user; returns whether there was one. */
export async function deleteSession(tx: Transaction, userId: string, id: string): Promise<boolean> {
  const { count } = await tx.prisma.session.deleteMany({ where: { id, userId } })
  return count > 0
}

/** Ends all sessions of a user; returns how many there were. */
export async function deleteSessionsOfUser(tx: Transaction, userId: string): Promise<number> {
  const { count } = await tx.prisma.session.deleteMany({ where: { userId } })
  return count
}

/** Removes the sessions that ended before `now`. */
export async function deleteExpiredSessions(tx: Transaction, now: Date): Promise<void> {
  await tx.prisma.session.deleteMany({ where: { expiresAt: { lte: now } } })
}

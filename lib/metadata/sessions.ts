import type { Db, Transaction } from './database'
import { type User, userFields } from './users'

/** A console session as stored: the token itself is nowhere, only its hash. */
export interface StoredSession {
  readonly tokenHash: string
  readonly expiresAt: Date
  readonly user: User
}

/** The session of that token hash with its user as they are now, expired or not; null when there is none. */
export async function findSessionByHash(db: Db, tokenHash: string): Promise<StoredSession | null> {
  return db.session.findUnique({
    where: { tokenHash },
    select: { tokenHash: true, expiresAt: true, user: { select: userFields } },
  })
}

/** Adds a session. */
export async function insertSession(
  tx: Transaction,
  session: { readonly tokenHash: string; readonly userId: string; readonly expiresAt: Date },
): Promise<void> {
  await tx.session.create({ data: session })
}

/** Ends a session; answers whether there was one. */
export async function deleteSession(tx: Transaction, tokenHash: string): Promise<boolean> {
  const { count } = await tx.session.deleteMany({ where: { tokenHash } })
  return count > 0
}

/** Removes the sessions that ended before `now`. */
export async function deleteExpiredSessions(tx: Transaction, now: Date): Promise<void> {
  await tx.session.deleteMany({ where: { expiresAt: { lte: now } } })
}

import { randomBytes } from 'node:crypto'
import { createId } from '@/lib/domain/ids'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { SessionSettings } from '@/lib/config'
import type { Context } from '@/lib/context'
import type { Database, Transaction } from '@/lib/metadata/engine/database'
import {
  type StoredSession,
  deleteExpiredSessions,
  deleteSession,
  deleteSessionByHash,
  deleteSessionsOfUser,
  findSessionByHash,
  insertSession,
  touchSession,
} from '@/lib/metadata/sessions'
import type { User } from '@/lib/metadata/users'
import type { Origin, Principal } from '@/lib/domain/principal'
import { hashToken } from '@/lib/secrets/token-hash'

/** How precisely the last use of a session is stored. */
const lastSeenAccuracyMs = 60 * 1000

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs

/** When a session ends that is not used after `usedAt`. */
function expiryOf({ idleHours, maxDays }: SessionSettings, createdAt: Date, usedAt: Date): Date {
  return new Date(Math.min(usedAt.getTime() + idleHours * hourMs, createdAt.getTime() + maxDays * dayMs))
}

/** A session that has just begun: its token is known only now. */
export interface StartedSession {
  readonly token: string
  readonly user: User
  readonly expiresAt: Date
}

/**
 * Begins a session for an authenticated user. Ends the session of `formerToken`, which the browser held before, so that
 * a token planted before the log-on is worthless after it. Deletes expired sessions.
 */
export async function beginSession(
  { config }: Pick<Context, 'config'>,
  tx: Transaction,
  user: User,
  origin: Origin,
  formerToken: string | null,
): Promise<StartedSession> {
  const token = randomBytes(32).toString('base64url')
  const createdAt = new Date()
  const expiresAt = expiryOf(config.sessions, createdAt, createdAt)
  await deleteExpiredSessions(tx, createdAt)
  if (formerToken !== null) await deleteSessionByHash(tx, hashToken(formerToken))
  const { address, userAgent } = origin
  const row = { id: createId('session'), tokenHash: hashToken(token), userId: user.id }
  await insertSession(tx, { ...row, address, userAgent, createdAt, expiresAt })
  return { token, user, expiresAt }
}

/**
 * Returns the session of a token with the current data of its user; null when it does not exist or has expired, or when
 * the user is disabled. Extends it, because it is being used, unless `isUse` says that nobody is at the browser.
 */
export async function findSessionByToken(
  { config, db }: Pick<Context, 'config' | 'db'>,
  token: string,
  isUse = true,
): Promise<StoredSession | null> {
  const session = await findSessionByHash(db, hashToken(token))
  const now = new Date()
  if (session === null || session.expiresAt <= now || session.user.isDisabled) return null
  if (!isUse || now.getTime() - session.lastSeenAt.getTime() < lastSeenAccuracyMs) return session
  const use = { lastSeenAt: now, expiresAt: expiryOf(config.sessions, session.createdAt, now) }
  try {
    await touchSession(db, session.id, use)
  } catch {
    // A full disk must not prevent reads: the session then ends when it would have.
    return session
  }
  return { ...session, ...use }
}

/** Ends the session of a token; nothing happens when there is none. */
export async function endSession(db: Database, token: string, principal: Principal): Promise<void> {
  await db.transaction(async (tx) => {
    if (await deleteSessionByHash(tx, hashToken(token))) await recordEnd(tx, principal, null)
  })
}

/** Ends one session of the caller; returns whether it existed. */
export async function endSessionById(db: Database, id: string, principal: Principal): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!(await deleteSession(tx, principal.id, id))) return false
    await recordEnd(tx, principal, { session: id })
    return true
  })
}

/** Ends all sessions of the caller, in every browser. */
export async function endAllSessions(db: Database, principal: Principal): Promise<void> {
  await db.transaction(async (tx) => {
    const count = await deleteSessionsOfUser(tx, principal.id)
    if (count > 0) await recordEnd(tx, principal, { sessions: count })
  })
}

/** Records what ended; `ended` is null for the session of the request itself. */
async function recordEnd(tx: Transaction, principal: Principal, ended: Record<string, unknown> | null): Promise<void> {
  await insertAuditEvent(tx, principal, {
    action: 'LOG_OFF',
    target: { type: 'USER', id: principal.id, name: principal.name },
    before: ended,
    after: null,
  })
}

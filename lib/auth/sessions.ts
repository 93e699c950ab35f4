import { createHash, randomBytes } from 'node:crypto'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { type Database, type Db, transaction } from '@/lib/metadata/database'
import {
  type StoredSession,
  deleteExpiredSessions,
  deleteSession,
  findSessionByHash,
  insertSession,
} from '@/lib/metadata/sessions'
import type { User } from '@/lib/metadata/users'
import type { Principal } from './principal'

/** The cookie that holds a console session's token. */
export const sessionCookieName = 'stele_session'

/** How long a session lasts from its log-on, in seconds. */
export const sessionLifetimeSeconds = 12 * 60 * 60

/** From where a request came, as kept with what it did. */
export interface Origin {
  readonly address: string
  readonly userAgent: string
}

/** A session that has just begun: the only moment its token is known. */
export interface StartedSession {
  readonly token: string
  readonly user: User
  readonly expiresAt: Date
}

/**
 * Begins a session for a user who has proven who they are. `formerToken`, what the browser held before, ends: a token
 * that was planted before the log-on is worth nothing after it. Expired sessions are swept.
 */
export async function startSession(
  db: Database,
  user: User,
  origin: Origin,
  formerToken: string | null,
): Promise<StartedSession> {
  const token = randomBytes(32).toString('base64url')
  const now = new Date()
  const expiresAt = new Date(now.getTime() + sessionLifetimeSeconds * 1000)
  await transaction(db, async (tx) => {
    await deleteExpiredSessions(tx, now)
    if (formerToken !== null) await deleteSession(tx, hashToken(formerToken))
    await insertSession(tx, { tokenHash: hashToken(token), userId: user.id, expiresAt })
    await insertAuditEvent(
      tx,
      { name: user.name, credential: 'password', ...origin },
      { action: 'LOG_ON', target: { type: 'USER', id: user.id, name: user.name }, before: null, after: null },
    )
  })
  return { token, user, expiresAt }
}

/** The session of a token, with its user as they are now; null when there is none or it has expired. */
export async function findSessionByToken(db: Db, token: string): Promise<StoredSession | null> {
  const session = await findSessionByHash(db, hashToken(token))
  return session !== null && session.expiresAt > new Date() && !session.user.isDisabled ? session : null
}

/** Ends the session of a token; nothing happens when there is none. */
export async function endSession(db: Database, token: string, principal: Principal): Promise<void> {
  await transaction(db, async (tx) => {
    if (!(await deleteSession(tx, hashToken(token)))) return
    await insertAuditEvent(tx, principal, {
      action: 'LOG_OFF',
      target: { type: 'USER', id: principal.id, name: principal.name },
      before: null,
      after: null,
    })
  })
}

// A plain hash is enough: the token has 256 random bits, there is nothing to guess.
function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { getContext } from '@/lib/context'
import type { User } from '@/lib/metadata/users'
import { findSessionByToken, sessionCookieName } from './sessions'

/** Who is logged on, in the form of the API's `session`. */
export interface PageSession {
  readonly user: Omit<User, 'isDisabled'>
  /** UTC time, ISO 8601. */
  readonly expiresAt: string
}

/** The session of the page being rendered, or null. Only pages and layouts may call it. */
export async function findSession(): Promise<PageSession | null> {
  const token = (await cookies()).get(sessionCookieName)?.value
  if (token === undefined) return null
  const session = await findSessionByToken(getContext().db, token)
  if (session === null) return null
  const { isDisabled: _, ...user } = session.user
  return { user, expiresAt: session.expiresAt.toISOString() }
}

/**
 * The session of the page being rendered; without one, sends the person to the log-on page and from there back to
 * `path`, the page's own. Call it in each page: a layout is not rendered again on every navigation.
 */
export async function requireSession(path: string): Promise<PageSession> {
  const session = await findSession()
  if (session === null) redirect(`/login?next=${encodeURIComponent(path)}`)
  return session
}

import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { getContext } from '@/lib/context'
import type { Principal } from '@/lib/domain/principal'
import type { User } from '@/lib/metadata/users'
import { cookieName } from './cookie-name'
import { findSessionByToken } from './sessions'

/** The logged-on user, in the form of the API's `session`. */
export interface PageSession {
  readonly user: Omit<User, 'isDisabled'>
  /** UTC time, ISO 8601. */
  readonly expiresAt: string
}

/** Returns the session of the page being rendered, or null. Only pages and layouts may call it. */
export async function findSession(): Promise<PageSession | null> {
  const ctx = getContext()
  const name = cookieName('stele_session', await headers(), ctx.config.publicUrl)
  const token = (await cookies()).get(name)?.value
  if (token === undefined) return null
  const session = await findSessionByToken(ctx, token)
  if (session === null) return null
  const { isDisabled: _, ...user } = session.user
  return { user, expiresAt: session.expiresAt.toISOString() }
}

/**
 * Returns the session of the page being rendered; without one, redirects to the log-on page, which leads back to
 * `path`, the path of this page. Call it in each page: a layout is not rendered again on every navigation.
 */
export async function requireSession(path: string): Promise<PageSession> {
  const session = await findSession()
  if (session === null) redirect(`/login?next=${encodeURIComponent(path)}`)
  return session
}

/** Returns the person of a session as the caller of use cases that only look: its origin is left empty. */
export function principalOf({ user: { id, name, role } }: PageSession): Principal {
  return { kind: 'user', id, name, role, credential: 'session', token: null, address: '', userAgent: '' }
}

import type { Principal } from '@/lib/domain/principal'
import { type SessionRow, countSessions, listSessions as readSessions } from '@/lib/metadata/sessions'
import { authorizeUser } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'

/** One of the caller's sessions. */
export interface SessionDetails {
  readonly id: string
  /** Whether it is the session of this request. */
  readonly isCurrent: boolean
  readonly address: string
  readonly userAgent: string
  /** UTC times, ISO 8601. */
  readonly startedAt: string
  readonly lastSeenAt: string
  readonly expiresAt: string
}

/** Lists the caller's sessions, newest first. Throws PAGE_INVALID. */
export async function listSessions(
  { db }: Context,
  principal: Principal,
  currentId: string | null,
  request: PageRequest,
): Promise<Page<SessionDetails>> {
  authorizeUser(principal)
  const now = new Date()
  const page = await readPage<SessionRow>(
    request,
    { sort: '-startedAt', descending: true, byTime: true },
    {
      read: (slice) => readSessions(db, principal.id, now, slice),
      count: () => countSessions(db, principal.id, now),
      positionOf: ({ createdAt, id }) => ({ key: createdAt, tie: id }),
    },
  )
  return { ...page, items: page.items.map((row) => toDetails(row, currentId)) }
}

function toDetails(row: SessionRow, currentId: string | null): SessionDetails {
  const { id, address, userAgent, createdAt, lastSeenAt, expiresAt } = row
  return {
    id,
    isCurrent: id === currentId,
    address,
    userAgent,
    startedAt: createdAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }
}

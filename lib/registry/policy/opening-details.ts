import { type OpeningEnd, endOfOpening } from '@/lib/domain/openings'
import type { OpeningRow } from '@/lib/metadata/openings'

/** An opening as the API shows it. Times are UTC, ISO 8601. */
export interface OpeningDetails {
  readonly id: string
  readonly tag: string
  readonly reason: string
  readonly opensAt: string
  readonly closesAt: string
  readonly openedBy: string
  readonly isOpen: boolean
  readonly moveCount: number
  /** Null while it is open; `closedHow` too. */
  readonly closedAt: string | null
  /** Null when it ended by itself. */
  readonly closedBy: string | null
  readonly closedHow: OpeningEnd | null
}

/** Returns the details of an opening at the time `now`. It may have ended before its end is recorded. */
export function describeOpening(row: OpeningRow, now: Date): OpeningDetails {
  const ended = row.closedAt === null ? endOfOpening(row, now) : null
  const closedAt = row.closedAt ?? ended?.at ?? null
  return {
    id: row.id,
    tag: row.tag,
    reason: row.reason,
    opensAt: row.opensAt.toISOString(),
    closesAt: row.closesAt.toISOString(),
    openedBy: row.openedBy,
    isOpen: closedAt === null,
    moveCount: row.moveCount,
    closedAt: closedAt?.toISOString() ?? null,
    closedBy: row.closedBy,
    closedHow: row.closedHow ?? ended?.how ?? null,
  }
}

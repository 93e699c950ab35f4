import type { TagEventRow } from '@/lib/metadata/ledger-listing'

/** An entry of the ledger as the API returns it. Times are UTC, ISO 8601. */
export type TagEventDetails = ReturnType<typeof toTagEventDetails>

/** Returns an entry as the API shows it. */
export function toTagEventDetails(row: TagEventRow) {
  return {
    ...row,
    id: String(row.id),
    createdAt: row.createdAt.toISOString(),
    lastAt: row.lastAt.toISOString(),
  }
}

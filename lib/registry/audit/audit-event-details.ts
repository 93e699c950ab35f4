import type { AuditEventRow } from '@/lib/metadata/audit-listing'

/** An audit event as the API returns it. */
export type AuditEventDetails = ReturnType<typeof toAuditEventDetails>

/** Returns an event with times as ISO 8601 text and `before` and `after` parsed. Never throws, even for forged rows. */
export function toAuditEventDetails(row: AuditEventRow) {
  return {
    ...row,
    id: String(row.id),
    before: readFacts(row.before),
    after: readFacts(row.after),
    createdAt: timeOf(row.createdAt).toISOString(),
  }
}

function readFacts(json: string | null): Record<string, unknown> | null {
  if (json === null) return null
  try {
    const facts: unknown = JSON.parse(json)
    if (typeof facts === 'object' && !Array.isArray(facts)) return facts as Record<string, unknown> | null
  } catch {
    // Forged: shown unparsed.
  }
  return { unreadable: json }
}

/** Returns the oldest time for a forged time that is not valid. */
function timeOf(time: Date): Date {
  return Number.isNaN(time.getTime()) ? new Date(0) : time
}

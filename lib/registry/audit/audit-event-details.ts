import type { AuditEventRow } from '@/lib/metadata/audit-listing'

/** An audit event as its readers see it. */
export type AuditEventDetails = ReturnType<typeof toAuditEventDetails>

/** An event with times as JSON has them, and with `before` and `after` read. Never throws, whoever has written it. */
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
    // Forged: shown as it is.
  }
  return { unreadable: json }
}

/** A forged time that is none is the oldest. */
function timeOf(time: Date): Date {
  return Number.isNaN(time.getTime()) ? new Date(0) : time
}

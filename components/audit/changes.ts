import type { AuditEventView } from '@/lib/api/schemas/audit-events'

/** A field that an event speaks of; undefined or null where there was, or is, none. */
export interface FieldChange {
  field: string
  before: unknown
  after: unknown
}

/** What an event changed, field by field, as the API has it. */
export function changesOf({ before, after }: Pick<AuditEventView, 'before' | 'after'>): FieldChange[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  return [...fields].map((field) => ({ field, before: before?.[field], after: after?.[field] }))
}

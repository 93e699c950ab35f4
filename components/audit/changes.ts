import type { AuditEventView } from '@/lib/api/schemas/audit-events'

/** A field that an event speaks of: null where there was, or is, none. */
export interface FieldChange {
  field: string
  before: string | null
  after: string | null
}

/** What an event changed, field by field, in words as the API has them. */
export function changesOf({ before, after }: Pick<AuditEventView, 'before' | 'after'>): FieldChange[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  return [...fields].map((field) => ({ field, before: textOf(before?.[field]), after: textOf(after?.[field]) }))
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

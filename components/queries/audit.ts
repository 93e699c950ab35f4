import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import type { auditEventPage } from '@/lib/api/schemas/audit-events'

/** Which audit events a person looks for; an empty text does not matter. */
export interface AuditFilters {
  text: string
  action: string
  targetType: string
  actor: string
  address: string
  targetId: string
  instanceId: string
  /** UTC times, ISO 8601. */
  from: string
  to: string
}

/** A page of the audit trail, the newest events first. */
export function auditEventsQuery(parameters: AuditFilters & { pageSize: number; cursor: string | undefined }) {
  return queryOptions({
    queryKey: ['audit-events', parameters],
    queryFn: ({ signal }) => api.get<typeof auditEventPage>(withQuery('/audit-events', { ...parameters }), { signal }),
    placeholderData: keepPreviousData,
  })
}

/** Where the browser gets the events as a file. */
export function auditExportHref(filters: AuditFilters, format: 'csv' | 'jsonl'): string {
  return `/api/v1${withQuery('/audit-events/export', { ...filters, format })}`
}

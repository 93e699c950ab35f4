import type { AuditFilter } from '@/lib/metadata/audit-listing'

/** The filter of a REST API request: times are text. */
export type AuditRequest = Omit<AuditFilter, 'from' | 'to'> & {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Returns the filter of a request, with its times parsed. */
export function toAuditFilter({ from, to, ...filter }: AuditRequest): AuditFilter {
  return { ...filter, from: from === undefined ? from : new Date(from), to: to === undefined ? to : new Date(to) }
}

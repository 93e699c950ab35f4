import type { AuditFilter } from '@/lib/metadata/audit-listing'

/** Which events, as the REST API is asked: times are text. */
export type AuditRequest = Omit<AuditFilter, 'from' | 'to'> & {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** The filter of a request. */
export function toAuditFilter({ from, to, ...filter }: AuditRequest): AuditFilter {
  return { ...filter, from: from === undefined ? from : new Date(from), to: to === undefined ? to : new Date(to) }
}

import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import type { tagEventPage } from '@/lib/api/schemas/tag-events'

/** What a part of the ledger is of, by its path below `/api/v1`. */
export type LedgerPath = `/repositories/${string}` | `/instances/${string}`

/** Which entries of the ledger a person looks for; an empty or absent text does not matter. */
export interface LedgerFilters {
  text: string
  kind: string
  tag: string
  actor: string
  address: string
  reason?: string
  repository?: string
  /** UTC time, ISO 8601. */
  since: string
}

/** A page of the ledger, the newest entries first. */
export function tagEventsQuery(
  path: LedgerPath,
  parameters: LedgerFilters & { pageSize: number; cursor: string | undefined },
) {
  return queryOptions({
    queryKey: ['tag-events', path, parameters],
    queryFn: ({ signal }) => api.get<typeof tagEventPage>(withQuery(`${path}/events`, { ...parameters }), { signal }),
    placeholderData: keepPreviousData,
  })
}

/** Where the browser gets the entries as a file. */
export function tagEventsExportHref(path: LedgerPath, filters: LedgerFilters): string {
  return `/api/v1${withQuery(`${path}/events`, { ...filters, format: 'csv' })}`
}

'use client'

import { useQuery } from '@tanstack/react-query'
import type { QueryKey, UndefinedInitialDataOptions } from '@tanstack/react-query'
import { newestRuns } from '../queries/maintenance'
import type { Run, RunListParameters, RunPage } from '../queries/maintenance'
import { useListParameters } from '../ui/use-list-parameters'

/** The runs of a kind: the newest ones, and the page of all of them that the address names. */
export function useRuns<T extends Run, Key extends QueryKey>(
  runsQuery: (parameters: RunListParameters) => UndefinedInitialDataOptions<RunPage<T>, Error, RunPage<T>, Key>,
) {
  const list = useListParameters()
  const newest = useQuery(runsQuery(newestRuns))
  const page = useQuery(runsQuery(list.page))
  const runs = newest.data?.items
  return {
    list,
    page,
    newest: runs,
    /** Whether the newest ones could not be read. */
    hasFailed: !newest.data && newest.error !== null,
    /** The newest one. Null where none has run; undefined while it loads. */
    run: runs?.[0] ?? (runs ? null : undefined),
    /** When the newest one was read, in milliseconds since 1970. */
    readAtMs: newest.dataUpdatedAt,
    refresh: () => void Promise.all([newest, page].map((query) => query.refetch({ cancelRefetch: false }))),
  }
}

/** The runs of a kind. */
export type Runs<T extends Run> = ReturnType<typeof useRuns<T, QueryKey>>

import type { LedgerFilter, LedgerScope } from '@/lib/metadata/ledger-listing'

export type { LedgerScope }

/** The filter of a REST API request: times are text. */
export type LedgerRequest = Omit<LedgerFilter, 'scope' | 'since' | 'until'> & {
  readonly since?: string | undefined
  readonly until?: string | undefined
}

/** Returns the filter of a request, with its times parsed. */
export function toLedgerFilter(scope: LedgerScope, { since, until, ...filter }: LedgerRequest): LedgerFilter {
  const timeOf = (text: string | undefined) => (text === undefined ? undefined : new Date(text))
  return { ...filter, scope, since: timeOf(since), until: timeOf(until) }
}

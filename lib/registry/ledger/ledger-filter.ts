import { AppError } from '@/lib/domain/errors'
import type { Position } from '@/lib/metadata/engine/listing'
import type { LedgerFilter, LedgerPosition, LedgerScope } from '@/lib/metadata/ledger-listing'

export type { LedgerScope }

/** The filter of a REST API request: times are text. */
export type LedgerRequest = Omit<LedgerFilter, 'scope' | 'kinds' | 'digest' | 'since' | 'until'> & {
  readonly since?: string | undefined
  readonly until?: string | undefined
}

/** Returns the filter of a request, with its times parsed. */
export function toLedgerFilter(scope: LedgerScope, { since, until, ...filter }: LedgerRequest): LedgerFilter {
  const timeOf = (text: string | undefined) => (text === undefined ? undefined : new Date(text))
  return { ...filter, scope, since: timeOf(since), until: timeOf(until) }
}

/** Returns the place of an entry that a cursor names. Throws PAGE_INVALID for a cursor of another list. */
export function toLedgerPosition({ key, tie }: Position): LedgerPosition {
  if (/^[1-9]\d{0,8}$/.test(tie)) return { id: Number(tie), createdAt: key instanceof Date ? key : new Date(0) }
  throw new AppError('PAGE_INVALID', { fields: [{ path: 'cursor', message: 'a nextCursor of this list' }] })
}

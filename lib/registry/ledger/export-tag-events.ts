import type { Context } from '@/lib/context'
import type { Principal } from '@/lib/domain/principal'
import {
  type LedgerPosition,
  type LedgerScope,
  type TagEventRow,
  findLastTagEventId,
  listTagEvents,
} from '@/lib/metadata/ledger-listing'
import { byteOrderMark, csvLine } from '@/lib/registry/csv'
import { turns } from '@/lib/registry/give-turns'
import { authorizeLedger } from './ledger-access'
import { type LedgerRequest, toLedgerFilter } from './ledger-filter'

/** Entries read at once: an export holds this many in memory. */
const batchSize = 500

const columns = [
  ...['id', 'createdAt', 'lastAt', 'kind', 'count', 'repositoryPath', 'tag', 'currentDigest', 'pushedDigest'],
  ...['reason', 'actor', 'credential', 'address', 'userAgent'],
] as const satisfies readonly (keyof TagEventRow)[]

/**
 * Returns the ledger as CSV (RFC 4180), the oldest entries first, in chunks read on demand. Entries added after the
 * export started are left out, so that it ends. Safe to open in a spreadsheet. Throws NOT_FOUND for the scope.
 */
export async function exportTagEvents(
  ctx: Context,
  principal: Principal,
  scope: LedgerScope,
  request: LedgerRequest,
): Promise<AsyncIterable<string>> {
  await authorizeLedger(ctx, principal, scope)
  return readTagEvents(ctx, scope, request)
}

async function* readTagEvents({ db }: Context, scope: LedgerScope, request: LedgerRequest): AsyncGenerator<string> {
  const filter = toLedgerFilter(scope, request)
  yield `${byteOrderMark}${csvLine(columns)}`
  const throughId = await findLastTagEventId(db)
  const giveTurn = turns()
  let after: LedgerPosition | null = null
  for (;;) {
    const rows: TagEventRow[] = await listTagEvents(db, filter, {
      order: 'oldest first',
      after,
      throughId,
      limit: batchSize,
    })
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows.map((row) => csvLine(columns.map((name) => textOf(row[name])))).join('')
    after = last
    await giveTurn()
  }
}

function textOf(value: TagEventRow[keyof TagEventRow]): string {
  return value instanceof Date ? value.toISOString() : String(value ?? '')
}

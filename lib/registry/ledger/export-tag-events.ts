import type { Context } from '@/lib/context'
import type { Principal } from '@/lib/domain/principal'
import { type LedgerScope, type TagEventRow, findLastTagEventId, listAllTagEvents } from '@/lib/metadata/ledger-listing'
import { byteOrderMark, csvLine } from '@/lib/registry/csv'
import { eachInTurns, turns } from '@/lib/registry/give-turns'
import { authorizeLedger } from './ledger-access'
import { type LedgerRequest, toLedgerFilter } from './ledger-filter'

/** Entries of one kind read at once: an export holds this many of each in memory. */
const batchSize = 100

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
  for await (const rows of listAllTagEvents(db, filter, { throughId, batchSize })) {
    const lines: string[] = []
    await eachInTurns(rows, giveTurn, (row) => lines.push(csvLine(columns.map((name) => textOf(row[name])))))
    yield lines.join('')
  }
}

function textOf(value: TagEventRow[keyof TagEventRow]): string {
  return value instanceof Date ? value.toISOString() : String(value ?? '')
}

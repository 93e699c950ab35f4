import type { Principal } from '@/lib/domain/principal'
import { type AuditEventRow, findAuditHead, listAuditEvents } from '@/lib/metadata/audit-listing'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import { byteOrderMark, csvLine } from '@/lib/registry/csv'
import { eachInTurns, turns } from '@/lib/registry/give-turns'
import type { Context } from '@/lib/context'
import { type AuditRequest, toAuditFilter } from './audit-filter'

/** The file format of an export. */
export type AuditExportFormat = 'csv' | 'jsonl'

/** Events read at once: an export holds this many in memory. */
const batchSize = 100

const columns = [
  ...['id', 'createdAt', 'action', 'targetType', 'targetId', 'targetName', 'instanceId', 'actor', 'credential'],
  ...['address', 'userAgent', 'before', 'after', 'reason', 'previousHash', 'hash'],
] as const satisfies readonly (keyof AuditEventRow)[]

/**
 * Returns the events as text, the oldest first, in chunks read on demand. Events added after the export started
 * are left out, so that it ends. Each JSON line is an event with everything that its hash covers; `before` and `after`
 * are the text that was hashed. CSV follows RFC 4180 and is safe to open in a spreadsheet.
 */
export function exportAuditEvents(
  ctx: Context,
  principal: Principal,
  request: AuditRequest,
  format: AuditExportFormat,
): AsyncIterable<string> {
  authorizeAdministrator(ctx, principal)
  return readEvents(ctx, request, format)
}

async function* readEvents({ db }: Context, request: AuditRequest, format: AuditExportFormat): AsyncGenerator<string> {
  const filter = toAuditFilter(request)
  const toLine = format === 'csv' ? toCsv : toJson
  if (format === 'csv') yield `${byteOrderMark}${csvLine(columns)}`
  const beforeId = ((await findAuditHead(db))?.eventId ?? 0) + 1
  const giveTurn = turns()
  let afterId = 0
  for (;;) {
    const rows = await listAuditEvents(db, filter, { order: 'oldest first', afterId, beforeId, limit: batchSize })
    const last = rows.at(-1)
    if (last === undefined) return
    const lines: string[] = []
    await eachInTurns(rows, giveTurn, (row) => lines.push(toLine(row)))
    yield lines.join('')
    afterId = last.id
  }
}

function toJson(row: AuditEventRow): string {
  return `${JSON.stringify(Object.fromEntries(columns.map((name) => [name, textOf(row, name)])))}\n`
}

function toCsv(row: AuditEventRow): string {
  return csvLine(columns.map((name) => textOf(row, name) ?? ''))
}

function textOf(row: AuditEventRow, name: (typeof columns)[number]): string | null {
  const value = row[name]
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString()
  return value === null ? null : String(value)
}

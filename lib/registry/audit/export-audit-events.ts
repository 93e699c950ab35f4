import type { Principal } from '@/lib/domain/principal'
import { type AuditEventRow, findAuditHead, listAuditEvents } from '@/lib/metadata/audit-listing'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type AuditRequest, toAuditFilter } from './audit-filter'

/** How an export is written. */
export type AuditExportFormat = 'csv' | 'jsonl'

/** Events that are read at once: what an export holds in memory. */
const batchSize = 500

const columns = [
  ...['id', 'createdAt', 'action', 'targetType', 'targetId', 'targetName', 'instanceId', 'actor', 'credential'],
  ...['address', 'userAgent', 'before', 'after', 'reason', 'previousHash', 'hash'],
] as const satisfies readonly (keyof AuditEventRow)[]

/**
 * The events as text, the oldest first, in pieces that are read when they are asked for; those added after it began are
 * left out, so that it ends. A line of JSON is an event with all that its hash is made of, `before` and `after` as the
 * text that was hashed. CSV is as RFC 4180 has it, and safe to open with a spreadsheet.
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
  if (format === 'csv') yield csvLine(columns)
  const beforeId = ((await findAuditHead(db))?.eventId ?? 0) + 1
  let afterId = 0
  for (;;) {
    const rows = await listAuditEvents(db, filter, { order: 'oldest first', afterId, beforeId, limit: batchSize })
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows.map(toLine).join('')
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

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** A spreadsheet takes a cell that begins like a formula for one, and runs it. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

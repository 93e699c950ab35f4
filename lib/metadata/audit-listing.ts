import { setImmediate } from 'node:timers/promises'
import type { AuditContent } from './audit-chain'
import type { SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Sql, allOf, contains } from './engine/listing'

/** An audit event as stored. */
export interface AuditEventRow extends AuditContent {
  readonly previousHash: string
  readonly hash: string
}

/** The newest event of the chain, as stored separately from the events. */
export interface AuditHead {
  readonly eventId: number
  readonly hash: string
}

/** Which audit events a list shows; an absent field does not filter. */
export interface AuditFilter {
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly targetType?: string | undefined
  readonly targetId?: string | undefined
  readonly targetName?: string | undefined
  readonly instanceId?: string | undefined
  readonly address?: string | undefined
  /** Events of this time and later. */
  readonly from?: Date | undefined
  /** Events before this time. */
  readonly to?: Date | undefined
  /** Text that occurs somewhere in the event, in upper or lower case. */
  readonly text?: string | undefined
}

/** A part of the chain: the first `limit` events in the order, between two ids (both excluded). */
export interface AuditSlice {
  readonly order: 'newest first' | 'oldest first'
  readonly afterId?: number | undefined
  readonly beforeId?: number | undefined
  readonly limit: number
}

const selectEvents = Prisma.sql`
  SELECT "id", "action", "targetType", "targetId", "targetName", "instanceId", "before", "after", "reason", "actor",
    "credential", "address", "userAgent", "createdAt", "previousHash", "hash"
  FROM "AuditEvent"`

/** How many events a text search reads before other requests run: SQLite's statements block the process. */
const searchStep = 5000

/** Events that match the filter. */
export async function listAuditEvents(
  source: SqlSource,
  filter: AuditFilter,
  slice: AuditSlice,
): Promise<AuditEventRow[]> {
  if (filter.text === undefined) return readAuditEvents(source, filter, slice)
  const found: AuditEventRow[] = []
  for await (const part of partsOf(source, slice)) {
    found.push(...(await readAuditEvents(source, filter, { ...part, limit: slice.limit - found.length })))
    if (found.length === slice.limit) break
  }
  return found
}

async function readAuditEvents(source: SqlSource, filter: AuditFilter, slice: AuditSlice): Promise<AuditEventRow[]> {
  return source.read.$queryRaw<AuditEventRow[]>`
    ${selectEvents} WHERE ${allOf([...between(slice), ...matching(filter)])}
    ORDER BY "id" ${directions[slice.order]} LIMIT ${slice.limit}`
}

/** How many events match the filter. */
export async function countAuditEvents(source: SqlSource, filter: AuditFilter): Promise<number> {
  if (filter.text === undefined) return count(source, matching(filter))
  let sum = 0
  for await (const part of partsOf(source, { order: 'newest first' })) {
    sum += await count(source, [...between(part), ...matching(filter)])
  }
  return sum
}

async function count(source: SqlSource, conditions: readonly (Sql | undefined)[]): Promise<number> {
  const [row] = await source.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "AuditEvent" WHERE ${allOf(conditions)}`
  return Number(row?.count)
}

const directions = { 'newest first': Prisma.sql`DESC`, 'oldest first': Prisma.sql`ASC` }

function between({ afterId, beforeId }: Pick<AuditSlice, 'afterId' | 'beforeId'>): (Sql | undefined)[] {
  return [
    afterId === undefined ? undefined : Prisma.sql`"id" > ${afterId}`,
    beforeId === undefined ? undefined : Prisma.sql`"id" < ${beforeId}`,
  ]
}

/** The slice in parts of `searchStep` events, in its order; other requests run between them. */
async function* partsOf(
  source: SqlSource,
  slice: Omit<AuditSlice, 'limit'>,
): AsyncGenerator<Omit<AuditSlice, 'limit'>> {
  let rest = slice
  for (;;) {
    // The last id of the part. It is read, not computed: somebody may have inserted an event with a distant id.
    const [last] = await source.read.$queryRaw<{ id: number }[]>`
      SELECT "id" FROM "AuditEvent" WHERE ${allOf(between(rest))}
      ORDER BY "id" ${directions[slice.order]} LIMIT 1 OFFSET ${searchStep - 1}`
    if (last === undefined) {
      yield rest
      return
    }
    const isDown = slice.order === 'newest first'
    yield isDown ? { ...rest, afterId: last.id - 1 } : { ...rest, beforeId: last.id + 1 }
    rest = isDown ? { ...rest, beforeId: last.id } : { ...rest, afterId: last.id }
    await setImmediate()
  }
}

/** The event, or null. */
export async function findAuditEvent(source: SqlSource, id: number): Promise<AuditEventRow | null> {
  const [row] = await source.read.$queryRaw<AuditEventRow[]>`${selectEvents} WHERE "id" = ${id}`
  return row ?? null
}

/** The first event with this hash, or null. Reads the whole table: for when something is wrong. */
export async function findAuditEventByHash(source: SqlSource, hash: string): Promise<AuditEventRow | null> {
  const [row] = await source.read.$queryRaw<AuditEventRow[]>`
    ${selectEvents} WHERE "hash" = ${hash} ORDER BY "id" LIMIT 1`
  return row ?? null
}

/** The chain's head; null before the first event. */
export async function findAuditHead(source: SqlSource): Promise<AuditHead | null> {
  const [row] = await source.read.$queryRaw<AuditHead[]>`SELECT "eventId", "hash" FROM "AuditHead" WHERE "id" = 1`
  return row ?? null
}

/** The first event after the head, or null. One query reads both, so an event that is being added does not count. */
export async function findEventBeyondHead(source: SqlSource): Promise<number | null> {
  const [row] = await source.read.$queryRaw<{ id: number }[]>`
    SELECT e."id" FROM "AuditEvent" e LEFT JOIN "AuditHead" h ON h."id" = 1
    WHERE h."eventId" IS NULL OR e."id" > h."eventId" ORDER BY e."id" LIMIT 1`
  return row?.id ?? null
}

/** The columns that a text search reads. */
const searched = ['targetName', 'targetId', 'actor', 'credential', 'address', 'userAgent', 'reason', 'before', 'after']

function matching({ from, to, text, ...equal }: AuditFilter): (Sql | undefined)[] {
  return [
    ...Object.entries(equal).map(([name, value]) =>
      value === undefined ? undefined : Prisma.sql`${column(name)} = ${value}`,
    ),
    from && Prisma.sql`"createdAt" >= ${from}`,
    to && Prisma.sql`"createdAt" < ${to}`,
    text === undefined
      ? undefined
      : Prisma.sql`(${Prisma.join(
          searched.map((name) => contains(column(name), text)),
          ' OR ',
        )})`,
  ]
}

/** A column by its name, which is never a caller's text. */
function column(name: string): Sql {
  return Prisma.raw(`"${name}"`)
}

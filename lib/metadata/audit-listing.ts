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

/** The newest event of the chain, as kept apart from the events. */
export interface AuditHead {
  readonly eventId: number
  readonly hash: string
}

/** Which audit events a list shows; what is absent does not matter. */
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
  /** Stands somewhere in the event, in any case. */
  readonly text?: string | undefined
}

/** A part of the chain: of events between two ids, those ends excluded, the first ones in the order. */
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

/** How many events a search for text looks at before others get their turn: SQLite's statements hold the process up. */
const searchStep = 5000

/** Events that the filter lets through. */
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

/** How many events the filter lets through. */
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

/** The slice in parts of `searchStep` events, in its order; others get their turn between them. */
async function* partsOf(
  source: SqlSource,
  slice: Omit<AuditSlice, 'limit'>,
): AsyncGenerator<Omit<AuditSlice, 'limit'>> {
  let rest = slice
  for (;;) {
    // The last one of the part: ids are counted, not reckoned, since somebody may have put in one that is far off.
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

/** What the chain's head says; null before the first event. */
export async function findAuditHead(source: SqlSource): Promise<AuditHead | null> {
  const [row] = await source.read.$queryRaw<AuditHead[]>`SELECT "eventId", "hash" FROM "AuditHead" WHERE "id" = 1`
  return row ?? null
}

/** The first event that the head knows nothing of, or null. One look at both, so that what is being added is none. */
export async function findEventBeyondHead(source: SqlSource): Promise<number | null> {
  const [row] = await source.read.$queryRaw<{ id: number }[]>`
    SELECT e."id" FROM "AuditEvent" e LEFT JOIN "AuditHead" h ON h."id" = 1
    WHERE h."eventId" IS NULL OR e."id" > h."eventId" ORDER BY e."id" LIMIT 1`
  return row?.id ?? null
}

/** Where a text is looked for. */
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

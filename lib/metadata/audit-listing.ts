import { setImmediate } from 'node:timers/promises'
import type { AuditContent } from './audit-chain'
import type { SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Count, type Sql, allOf, contains, countMax, toCount } from './engine/listing'

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

/** Events that match the filter. Examines all of them, if it must. */
export async function listAuditEvents(
  source: SqlSource,
  filter: AuditFilter,
  slice: AuditSlice,
): Promise<AuditEventRow[]> {
  return (await searchAuditEvents(source, filter, slice, Infinity)).rows
}

/** How many events a page of a list examines: some 30 ms. */
const examinedMax = 10_000

/** Events of a part of a list, and the last one that was examined when there may be more. */
export interface FoundAuditEvents {
  readonly rows: AuditEventRow[]
  readonly stoppedAtId: number | null
}

/**
 * As `listAuditEvents`. Where each event has to be examined, it ends after `most` of them, with what it has found by
 * then.
 */
export async function searchAuditEvents(
  source: SqlSource,
  filter: AuditFilter,
  slice: AuditSlice,
  most = examinedMax,
): Promise<FoundAuditEvents> {
  if (!isExamined(filter)) return { rows: await readAuditEvents(source, filter, slice), stoppedAtId: null }
  const found: AuditEventRow[] = []
  let examined = 0
  for await (const part of partsOf(source, filter, slice)) {
    found.push(...(await readAuditEvents(source, filter, { ...part, limit: slice.limit - found.length })))
    if (found.length === slice.limit) break
    examined += searchStep
    const { lastId } = part
    if (examined >= most && lastId !== null) return { rows: found, stoppedAtId: lastId }
  }
  return { rows: found, stoppedAtId: null }
}

/** Whether no index answers the filter. */
function isExamined({ text, action, address, targetName, targetType, targetId }: AuditFilter): boolean {
  const isHalfTarget = (targetType === undefined) !== (targetId === undefined)
  return isHalfTarget || [text, action, address, targetName].some((one) => one !== undefined)
}

async function readAuditEvents(source: SqlSource, filter: AuditFilter, slice: AuditSlice): Promise<AuditEventRow[]> {
  return source.read.$queryRaw<AuditEventRow[]>`
    ${selectEvents} WHERE ${allOf([...between(slice), ...matching(filter)])}
    ORDER BY "id" ${directions[slice.order]} LIMIT ${slice.limit}`
}

/**
 * How many events match the filter; not counted further than `countMax`, and of those that have to be examined, only the
 * newest.
 */
export async function countAuditEvents(source: SqlSource, filter: AuditFilter): Promise<Count> {
  if (!isExamined(filter)) {
    const [row] = await source.read.$queryRaw<{ count: bigint }[]>`
      SELECT count(*) AS "count" FROM (
        SELECT 1 FROM "AuditEvent" WHERE ${allOf(matching(filter))} LIMIT ${countMax + 1}) AS counted`
    return toCount(Number(row?.count))
  }
  const [row] = await source.read.$queryRaw<{ read: bigint; count: bigint | number | null }[]>`
    SELECT count(*) AS "read", sum(CASE WHEN ${allOf(matching(filter))} THEN 1 ELSE 0 END) AS "count" FROM (
      SELECT * FROM "AuditEvent" WHERE ${allOf(answered(filter))} ORDER BY "id" DESC LIMIT ${examinedMax + 1}) AS newest`
  return { count: Math.min(Number(row?.count ?? 0), countMax), isCapped: Number(row?.read) > examinedMax }
}

const directions = { 'newest first': Prisma.sql`DESC`, 'oldest first': Prisma.sql`ASC` }

function between({ afterId, beforeId }: Pick<AuditSlice, 'afterId' | 'beforeId'>): (Sql | undefined)[] {
  return [
    afterId === undefined ? undefined : Prisma.sql`"id" > ${afterId}`,
    beforeId === undefined ? undefined : Prisma.sql`"id" < ${beforeId}`,
  ]
}

/** Events next to each other, and the last of them; null for what is left. */
interface Part extends Omit<AuditSlice, 'limit'> {
  readonly lastId: number | null
}

/**
 * The slice in parts of `searchStep` events that match as far as indexes answer, in its order; other requests run between
 * them.
 */
async function* partsOf(
  source: SqlSource,
  filter: AuditFilter,
  slice: Omit<AuditSlice, 'limit'>,
): AsyncGenerator<Part> {
  let rest = slice
  for (;;) {
    // The last id of the part. It is read, not computed: somebody may have inserted an event with a distant id.
    const [last] = await source.read.$queryRaw<{ id: number }[]>`
      SELECT "id" FROM "AuditEvent" WHERE ${allOf([...between(rest), ...answered(filter)])}
      ORDER BY "id" ${directions[slice.order]} LIMIT 1 OFFSET ${searchStep - 1}`
    if (last === undefined) {
      yield { ...rest, lastId: null }
      return
    }
    const isDown = slice.order === 'newest first'
    const lastId = last.id
    yield isDown ? { ...rest, afterId: lastId - 1, lastId } : { ...rest, beforeId: lastId + 1, lastId }
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

/** The conditions that indexes answer, of the ids or of a part of the events. */
function answered({ actor, instanceId, targetType, targetId, from, to }: AuditFilter): (Sql | undefined)[] {
  return matching({ actor, instanceId, from, to, ...(targetType && targetId && { targetType, targetId }) })
}

/** A column by its name, which is never a caller's text. */
function column(name: string): Sql {
  return Prisma.raw(`"${name}"`)
}

import type { SqlSource, SqlTransaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'

/*
 * How far the readers of the outbox are. Ids are given out before their transactions end, so on PostgreSQL an event can
 * become visible after one with a higher id. A reader therefore takes all that it sees and has not taken, in the order of
 * the ids, and remembers the ids that it has not seen: its gaps. That order is the order of commits wherever two events
 * conflict: the later one waited for a lock of the earlier one, which had its id, and was visible, before
 * (docs/decisions/0044-transparency-log.md).
 */

/** Ids of events that a reader has passed without seeing them. */
interface Gap {
  readonly from: number
  readonly to: number
  /** The transactions of these events have ids below this one; null until `takeOutboxPage` knows one. */
  readonly horizon: string | null
}

/** An event as a reader sees it. */
export interface OutboxEventRow {
  readonly id: number
  readonly kind: string
  readonly instanceId: string
  readonly repositoryId: string
  readonly repositoryPath: string
  readonly tagEventId: number | null
  readonly detail: string | null
  readonly createdAt: Date
}

/** Events that a reader has not taken yet. */
export interface OutboxPage {
  readonly events: readonly OutboxEventRow[]
  /** How far the reader is when it takes the first `count` of them, for `takeOutboxPage`; null when that changes nothing. */
  readonly after: (count: number) => ReaderState | null
}

/** How far a reader is. */
export interface ReaderState {
  readonly name: string
  /** The version that it follows. */
  readonly version: number
  readonly position: number
  readonly gaps: readonly Gap[]
}

/** Up to `limit` events that the reader has not taken, in order. A reader of a new name begins with the first one. */
export async function readOutboxPage(source: SqlSource, name: string, limit: number): Promise<OutboxPage> {
  const state = await findReader(source, name)
  // Before the events: what had ended by now is seen by the next statement.
  const running = state.gaps.length > 0 ? await readHorizons(source) : null
  const columns = Prisma.sql`o."id", o."kind", o."instanceId", o."repositoryId", o."repositoryPath", o."tagEventId",
    o."detail", o."createdAt"`
  const page = Prisma.sql`
    SELECT ${columns} FROM "OutboxEvent" o WHERE o."id" > ${state.position} ORDER BY o."id" LIMIT ${limit}`
  const events = await source.read.$queryRaw<OutboxEventRow[]>`${
    state.gaps.length === 0 ? page : Prisma.sql`${inGaps(state.gaps, columns, limit)} UNION ALL (${page})`
  }${state.gaps.length === 0 ? Prisma.empty : Prisma.sql` ORDER BY "id" LIMIT ${limit}`}`
  return {
    events,
    after(count) {
      const seen = events.slice(0, count).map(({ id }) => id)
      const last = seen.at(-1) ?? 0
      const position = Math.max(state.position, last)
      // Beyond a page that is full, or that is not taken to its end, a gap may have more than was read.
      const isRead = (gap: Gap) => (events.length < limit && count >= events.length) || gap.to < last
      const gaps = [
        ...state.gaps
          .filter(
            (gap) => !(running !== null && gap.horizon !== null && isRead(gap) && isSettled(gap.horizon, running)),
          )
          .flatMap((gap) => without(gap, seen)),
        // SQLite has one writer: an id that is missing there belongs to nothing.
        ...(source.provider === 'sqlite' ? [] : findGaps(state.position, seen)),
      ]
      const isSame = position === state.position && JSON.stringify(gaps) === JSON.stringify(state.gaps)
      return isSame ? null : { ...state, position, gaps }
    },
  }
}

/** Records that the reader has taken a page; returns false when another process was first: then nothing may be written. */
export async function takeOutboxPage(
  tx: SqlTransaction,
  { name, version, position, gaps }: ReaderState,
): Promise<boolean> {
  const horizon = gaps.some((gap) => gap.horizon === null) ? await readOwnHorizon(tx) : null
  const stored = JSON.stringify(gaps.map((gap) => ({ ...gap, horizon: gap.horizon ?? horizon })))
  const count =
    version === 0
      ? await tx.$executeRaw`
          INSERT INTO "OutboxReader" ("name", "version", "position", "gaps") VALUES (${name}, 1, ${position}, ${stored})
          ON CONFLICT ("name") DO NOTHING`
      : await tx.$executeRaw`
          UPDATE "OutboxReader" SET "version" = "version" + 1, "position" = ${position}, "gaps" = ${stored}
          WHERE "name" = ${name} AND "version" = ${version}`
  return count > 0
}

/** The id up to which all of these readers have taken everything; 0 while one of them has not begun. */
export async function findPassedByAll(source: SqlSource, names: readonly string[]): Promise<number> {
  const states = await Promise.all(names.map((name) => findReader(source, name)))
  return Math.min(...states.map(({ position, gaps }) => Math.min(position, ...gaps.map(({ from }) => from - 1))))
}

/** When the oldest event was written that the reader has not taken, or null. Events of a gap are not counted. */
export async function findOldestUntaken(source: SqlSource, name: string): Promise<Date | null> {
  const [row] = await source.read.$queryRaw<{ createdAt: Date }[]>`
    SELECT o."createdAt" FROM "OutboxEvent" o
    WHERE o."id" > COALESCE((SELECT "position" FROM "OutboxReader" WHERE "name" = ${name}), 0) ORDER BY o."id" LIMIT 1`
  return row?.createdAt ?? null
}

/**
 * How far a reader is with the events of an instance: the last event that can be seen, and up to which one it has taken
 * them. Held ones are taken here.
 */
export async function measureReader(
  source: SqlSource,
  name: string,
  instanceId: string,
): Promise<{ readonly last: number; readonly takenTo: number }> {
  // Before the events: what it takes meanwhile counts as not taken.
  const { position, gaps } = await findReader(source, name)
  const first = (range: Prisma.Sql) => Prisma.sql`
    SELECT "id" FROM (
      SELECT "id" FROM "OutboxEvent" WHERE ${range} AND "instanceId" = ${instanceId} ORDER BY "id" LIMIT 1) AS found`
  const ranges = gaps.map(({ from, to }) => Prisma.sql`"id" BETWEEN ${from} AND ${to}`)
  const firsts = [...ranges, Prisma.sql`"id" > ${position}`].map(first)
  const [row] = await source.read.$queryRaw<{ last: number | null; untaken: number | null }[]>`
    SELECT (SELECT MAX("id") FROM "OutboxEvent") AS "last",
      (SELECT MIN("id") FROM (${Prisma.join(firsts, ' UNION ALL ')}) AS untaken) AS "untaken"`
  const last = Math.max(position, row?.last ?? 0)
  const untaken = row?.untaken ?? null
  return { last, takenTo: untaken === null ? last : untaken - 1 }
}

/**
 * The id of this transaction. Whatever has written to the database before it has a lower one, or has none any more. With
 * SQLite, where no transaction is seen before it ends, one below all others.
 *
 * The end of a snapshot (`pg_snapshot_xmax`) is not enough: it is one above the highest id of the transactions that have
 * *ended*, and others with higher ids may be running, with events of lower ids.
 */
export async function readOwnHorizon(tx: SqlTransaction): Promise<string> {
  if (tx.provider === 'sqlite') return '0'
  const [row] = await tx.$queryRaw<{ id: string }[]>`SELECT pg_current_xact_id()::text AS "id"`
  return row?.id ?? '0'
}

/** The ids of transactions: all below `oldest` have ended, and `next` is above all that have. */
export interface Horizons {
  readonly oldest: bigint
  readonly next: bigint
}

/** The horizons of now; of SQLite, where no transaction is seen before it ends, those that settle everything. */
export async function readHorizons(source: SqlSource): Promise<Horizons> {
  if (source.provider === 'sqlite') return { oldest: 0n, next: 0n }
  const [row] = await source.read.$queryRaw<{ oldest: string; next: string }[]>`
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS "oldest",
      pg_snapshot_xmax(pg_current_snapshot())::text AS "next"`
  return { oldest: BigInt(row?.oldest ?? 0), next: BigInt(row?.next ?? 0) }
}

/**
 * Whether all transactions below a horizon (`readOwnHorizon`) have ended. So has each one of a horizon that lies ahead: it
 * is that of another cluster, from which the database was restored.
 */
export function isSettled(horizon: string, { oldest, next }: Horizons): boolean {
  return oldest >= BigInt(horizon) || next < BigInt(horizon)
}

async function findReader(source: SqlSource, name: string): Promise<ReaderState> {
  const [row] = await source.read.$queryRaw<{ version: number; position: number; gaps: string }[]>`
    SELECT "version", "position", "gaps" FROM "OutboxReader" WHERE "name" = ${name}`
  if (row === undefined) return { name, version: 0, position: 0, gaps: [] }
  return { name, version: row.version, position: row.position, gaps: JSON.parse(row.gaps) as Gap[] }
}

/** PostgreSQL: the events of gaps. */
function inGaps(gaps: readonly Gap[], columns: Prisma.Sql, limit: number): Prisma.Sql {
  return Prisma.sql`
    (SELECT found.* FROM jsonb_to_recordset(${JSON.stringify(gaps)}::jsonb) AS gap("from" INTEGER, "to" INTEGER)
      CROSS JOIN LATERAL (
        SELECT ${columns} FROM "OutboxEvent" o WHERE o."id" BETWEEN gap."from" AND gap."to"
        ORDER BY o."id" LIMIT ${limit}) AS found
      ORDER BY found."id" LIMIT ${limit})`
}

/** The ids between those that were seen; `seen` may begin with some of earlier gaps. */
function findGaps(position: number, seen: readonly number[]): Gap[] {
  const gaps: Gap[] = []
  let last = position
  for (const id of seen) {
    if (id <= position) continue
    if (id > last + 1) gaps.push({ from: last + 1, to: id - 1, horizon: null })
    last = id
  }
  return gaps
}

/** What is left of a gap without these ids. */
function without(gap: Gap, seen: readonly number[]): Gap[] {
  const rest: Gap[] = []
  let from = gap.from
  for (const id of seen) {
    if (id < from || id > gap.to) continue
    if (id > from) rest.push({ ...gap, from, to: id - 1 })
    from = id + 1
  }
  if (from <= gap.to) rest.push({ ...gap, from, to: gap.to })
  return rest
}

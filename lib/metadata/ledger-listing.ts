import { setImmediate } from 'node:timers/promises'
import { type TagEventKind, tagEventKinds } from '@/lib/domain/ledger'
import type { SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Count, type Sql, allOf, contains, countMax } from './engine/listing'

/** An entry of the ledger as stored. */
export interface TagEventRow {
  readonly id: number
  readonly kind: TagEventKind
  readonly tag: string
  readonly repositoryId: string
  readonly repositoryPath: string
  readonly currentDigest: string | null
  readonly pushedDigest: string | null
  readonly reason: string | null
  readonly actor: string
  readonly credential: string
  readonly address: string
  readonly userAgent: string
  readonly count: number
  readonly createdAt: Date
  readonly lastAt: Date
}

/** What a list of entries is of: a repository, or an instance with everything that it had. */
export type LedgerScope =
  | { readonly repositoryId: string; readonly instanceId?: never }
  | { readonly instanceId: string; readonly repositoryId?: never }

/** Which entries of the ledger a list shows; an absent field does not filter. */
export interface LedgerFilter {
  readonly scope: LedgerScope
  readonly kind?: TagEventKind | undefined
  /** Entries of any of these kinds; only for the list of one tag. */
  readonly kinds?: readonly TagEventKind[] | undefined
  readonly tag?: string | undefined
  readonly actor?: string | undefined
  readonly address?: string | undefined
  /** One of the digests of the entry. */
  readonly digest?: string | undefined
  readonly reason?: string | undefined
  /** The full path, `<namespace>/<name>`. */
  readonly repositoryPath?: string | undefined
  /** Entries of this time and later. */
  readonly since?: Date | undefined
  /** Entries before this time. */
  readonly until?: Date | undefined
  /** Text that occurs somewhere in the entry, in upper or lower case. */
  readonly text?: string | undefined
}

/** The place of an entry in the order of a list. */
export type LedgerPosition = Pick<TagEventRow, 'id' | 'createdAt'>

/** A part of a list: the first `limit` entries in the order after a position. */
export interface LedgerSlice {
  readonly order: 'newest first' | 'oldest first'
  readonly after: LedgerPosition | null
  readonly limit: number
}

/**
 * The order of a list: the one that an index has. By time, entries of the same time are in the order of their ids. The
 * two differ only where the clocks of servers do.
 */
export function ledgerOrder({ scope, tag }: LedgerFilter): 'id' | 'time' {
  return scope.repositoryId !== undefined && tag === undefined ? 'time' : 'id'
}

/** Entries that match the filter, in the order of the filter (`ledgerOrder`). Examines all of them, if it must. */
export async function listTagEvents(
  source: SqlSource,
  filter: LedgerFilter,
  slice: LedgerSlice,
): Promise<TagEventRow[]> {
  return (await searchTagEvents(source, filter, slice, { most: Infinity, step: examinedStep })).rows
}

/** Entries of a part of a list, and up to where it was searched when there may be more. */
export interface FoundTagEvents {
  readonly rows: TagEventRow[]
  readonly stoppedAt: LedgerPosition | null
}

/** Entries that one statement examines before other requests run. */
const examinedStep = 5000

/** How many entries of a kind a page of a list examines: some 20 ms with a text. */
const examinedMax = examinedStep

/** How many entries of a kind are examined at most, and how many by one statement. */
interface Effort {
  readonly most: number
  readonly step: number
}

/**
 * As `listTagEvents`. Where each entry has to be examined, it ends after some entries of a kind, with what it has found by
 * then.
 */
export async function searchTagEvents(
  source: SqlSource,
  filter: LedgerFilter,
  slice: LedgerSlice,
  effort: Effort = { most: examinedMax, step: examinedStep },
): Promise<FoundTagEvents> {
  const compare = comparisonOf(filter, slice.order)
  const found: TagEventRow[] = []
  let stop: LedgerPosition | null = null
  for (const range of rangesOf(filter)) {
    const { rows, stoppedAt } = await readRange(source, range, slice, effort)
    found.push(...rows)
    if (stoppedAt !== null && (stop === null || compare(stoppedAt, stop) < 0)) stop = stoppedAt
  }
  // Behind that, another kind may have entries that nobody has examined.
  const end = stop
  const rows = found
    .filter((row) => end === null || compare(row, end) <= 0)
    .sort(compare)
    .slice(0, slice.limit)
  return { rows, stoppedAt: rows.length === slice.limit ? null : end }
}

/** The entries of one kind that have been read and come next, and where to read on. */
interface Queue {
  readonly range: Range
  rows: TagEventRow[]
  after: LedgerPosition | null
  hasMore: boolean
}

/**
 * All entries that match the filter, the oldest first, in parts; without those that have a larger id than `throughId`.
 * Reads each entry once, and holds at most `batchSize` of each kind.
 */
export async function* listAllTagEvents(
  source: SqlSource,
  filter: LedgerFilter,
  { throughId, batchSize }: { readonly throughId: number; readonly batchSize: number },
): AsyncGenerator<TagEventRow[]> {
  const order = 'oldest first'
  const compare = comparisonOf(filter, order)
  const isThrough = Prisma.sql`"id" <= ${throughId}`
  const queues = rangesOf(filter).map((range): Queue => ({
    range: { ...range, within: [...range.within, isThrough] },
    rows: [],
    after: null,
    hasMore: true,
  }))
  for (;;) {
    for (const queue of queues)
      if (queue.rows.length === 0 && queue.hasMore) await fill(source, queue, order, batchSize)
    // What has not been read of a kind comes after the last that has been.
    const lasts = queues.filter(({ hasMore }) => hasMore).flatMap(({ rows }) => rows.slice(-1))
    const end = lasts.sort(compare)[0]
    const part = queues.flatMap((queue) => takeThrough(queue, (row) => end === undefined || compare(row, end) <= 0))
    if (part.length === 0) return
    yield part.sort(compare)
  }
}

async function fill(source: SqlSource, queue: Queue, order: LedgerSlice['order'], limit: number): Promise<void> {
  const slice = { order, after: queue.after, limit }
  const { rows } = await readRange(source, queue.range, slice, { most: Infinity, step: examinedStep })
  queue.rows = rows
  queue.after = rows.at(-1) ?? null
  queue.hasMore = rows.length === limit
}

/** Takes the rows before the first one that is not due. */
function takeThrough(queue: Queue, isDue: (row: TagEventRow) => boolean): TagEventRow[] {
  const firstLeft = queue.rows.findIndex((row) => !isDue(row))
  return queue.rows.splice(0, firstLeft < 0 ? queue.rows.length : firstLeft)
}

function comparisonOf(
  filter: LedgerFilter,
  order: LedgerSlice['order'],
): (one: LedgerPosition, other: LedgerPosition) => number {
  const sign = order === 'newest first' ? -1 : 1
  const byTime = ledgerOrder(filter) === 'time'
  return (one, other) =>
    ((byTime ? one.createdAt.getTime() - other.createdAt.getTime() : 0) || one.id - other.id) * sign
}

/**
 * How many entries match the filter; not counted further than `countMax`, and of those that have to be examined, only the
 * newest of each kind.
 */
export async function countTagEvents(source: SqlSource, filter: LedgerFilter): Promise<Count> {
  let count = 0
  let isCapped = false
  for (const range of rangesOf(filter)) {
    const isExamined = range.matching.length > 0
    const most = isExamined ? examinedMax : countMax - count
    const [row] = await source.read.$queryRaw<{ read: bigint; count: bigint | number | null }[]>`
      SELECT count(*) AS "read", sum(CASE WHEN ${allOf(range.matching)} THEN 1 ELSE 0 END) AS "count" FROM (
        SELECT ${isExamined ? Prisma.raw('*') : Prisma.raw('1 AS "one"')} FROM "TagEvent" WHERE ${allOf(range.within)}
        ORDER BY ${orderBy(range, 'newest first')} LIMIT ${most + 1}) AS newest`
    isCapped ||= Number(row?.read) > most
    count += Number(row?.count ?? 0)
    if (count > countMax) break
  }
  return { count: Math.min(count, countMax), isCapped }
}

/** The id of the newest entry of the whole ledger; 0 without one. */
export async function findLastTagEventId(source: SqlSource): Promise<number> {
  const [row] = await source.read.$queryRaw<{ id: number }[]>`SELECT "id" FROM "TagEvent" ORDER BY "id" DESC LIMIT 1`
  return row?.id ?? 0
}

/** Entries that are next to each other in one index, and which of them the list shows. */
interface Range {
  readonly order: 'id' | 'time'
  /** The conditions that the index answers. */
  readonly within: readonly Sql[]
  /** The conditions that each entry has to be read for. */
  readonly matching: readonly Sql[]
}

/**
 * The ranges that hold the entries of a list, one for each kind where the index has the kind before the order. So a
 * page costs the same however many entries of other kinds, tags or repositories there are.
 */
function rangesOf(filter: LedgerFilter): Range[] {
  const { scope, kind, kinds, tag, since, until } = filter
  const times = [since && Prisma.sql`"createdAt" >= ${since}`, until && Prisma.sql`"createdAt" < ${until}`]
  const others = [
    filter.actor === undefined ? undefined : Prisma.sql`"actor" = ${filter.actor}`,
    filter.address === undefined ? undefined : Prisma.sql`"address" = ${filter.address}`,
    filter.digest === undefined
      ? undefined
      : Prisma.sql`("pushedDigest" = ${filter.digest} OR "currentDigest" = ${filter.digest})`,
    filter.reason === undefined ? undefined : Prisma.sql`"reason" = ${filter.reason}`,
    filter.repositoryPath === undefined ? undefined : Prisma.sql`"repositoryPath" = ${filter.repositoryPath}`,
    filter.text === undefined ? undefined : holds(filter.text),
  ]
  if (scope.repositoryId !== undefined && tag !== undefined) {
    return [
      {
        order: 'id',
        within: [Prisma.sql`"repositoryId" = ${scope.repositoryId}`, Prisma.sql`"tag" = ${tag}`],
        matching: given([kind && isOfKind(kind), kinds && isOfKinds(kinds), ...times, ...others]),
      },
    ]
  }
  return (kind === undefined ? tagEventKinds : [kind]).map((one) => {
    if (scope.repositoryId !== undefined) {
      const within = [Prisma.sql`"repositoryId" = ${scope.repositoryId}`, isOfKind(one), ...given(times)]
      return { order: 'time', within, matching: given(others) }
    }
    const within = [Prisma.sql`"instanceId" = ${scope.instanceId}`, isOfKind(one)]
    const ofTag = tag === undefined ? undefined : Prisma.sql`"tag" = ${tag}`
    return { order: 'id', within, matching: given([ofTag, ...times, ...others]) }
  })
}

/** The columns that a text search reads. */
const searched = ['tag', 'repositoryPath', 'currentDigest', 'pushedDigest', 'actor', 'address', 'userAgent', 'reason']

function holds(text: string): Sql {
  const conditions = searched.map((name) => contains(Prisma.raw(`"${name}"`), text))
  return Prisma.sql`(${Prisma.join(conditions, ' OR ')})`
}

function given(conditions: readonly (Sql | undefined)[]): Sql[] {
  return conditions.filter((condition) => condition !== undefined)
}

/** The kind as text of the statement, never a caller's: PostgreSQL compares its enum with no parameter of text. */
function isOfKind(kind: TagEventKind): Sql {
  return Prisma.raw(`"kind" = '${kind}'`)
}

function isOfKinds(kinds: readonly TagEventKind[]): Sql {
  return Prisma.sql`(${Prisma.join(kinds.map(isOfKind), ' OR ')})`
}

/** A part of a range, in an order: after a position, and up to another one (included). */
interface Part {
  readonly order: LedgerSlice['order']
  readonly after: LedgerPosition | null
  readonly through: LedgerPosition | null
}

async function readRange(
  source: SqlSource,
  range: Range,
  slice: LedgerSlice,
  { most, step }: Effort,
): Promise<FoundTagEvents> {
  const found: TagEventRow[] = []
  let examined = 0
  for await (const part of partsOf(source, range, slice, step)) {
    const rows = await source.read.$queryRaw<TagEventRow[]>`
      SELECT "id", "kind", "tag", "repositoryId", "repositoryPath", "currentDigest", "pushedDigest", "reason", "actor",
        "credential", "address", "userAgent", "count", "createdAt", "lastAt"
      FROM "TagEvent" WHERE ${allOf([...range.within, ...bounds(range, part), ...range.matching])}
      ORDER BY ${orderBy(range, slice.order)} LIMIT ${slice.limit - found.length}`
    found.push(...rows)
    if (found.length === slice.limit) break
    examined += step
    if (examined >= most && part.through !== null) return { rows: found, stoppedAt: part.through }
  }
  return { rows: found, stoppedAt: null }
}

/**
 * The range after a position. Where each entry has to be examined, in parts of `step` entries; other requests run
 * between them.
 */
async function* partsOf(
  source: SqlSource,
  range: Range,
  { order, after }: Pick<LedgerSlice, 'order' | 'after'>,
  step: number,
): AsyncGenerator<Part> {
  let start = after
  while (range.matching.length > 0) {
    const [last] = await source.read.$queryRaw<LedgerPosition[]>`
      SELECT "id", "createdAt" FROM "TagEvent"
      WHERE ${allOf([...range.within, ...bounds(range, { order, after: start, through: null })])}
      ORDER BY ${orderBy(range, order)} LIMIT 1 OFFSET ${step - 1}`
    if (last === undefined) break
    yield { order, after: start, through: last }
    start = last
    await setImmediate()
  }
  yield { order, after: start, through: null }
}

function orderBy(range: Range, order: LedgerSlice['order']): Sql {
  const direction = order === 'newest first' ? 'DESC' : 'ASC'
  return Prisma.raw(range.order === 'id' ? `"id" ${direction}` : `"createdAt" ${direction}, "id" ${direction}`)
}

function bounds(range: Range, { order, after, through }: Part): Sql[] {
  const isDown = order === 'newest first'
  return given([
    after === null ? undefined : compare(range, isDown ? '<' : '>', after),
    through === null ? undefined : compare(range, isDown ? '>=' : '<=', through),
  ])
}

/**
 * Compares the place of an entry with a position. The time stands by itself first: an index answers that part. SQLite
 * reads the whole range for a comparison of pairs.
 */
function compare(range: Range, operator: '<' | '>' | '<=' | '>=', { id, createdAt }: LedgerPosition): Sql {
  const ofId = Prisma.sql`"id" ${Prisma.raw(operator)} ${id}`
  if (range.order === 'id') return ofId
  const [orEqual, strictly] = operator.startsWith('<') ? ['<=', '<'] : ['>=', '>']
  return Prisma.sql`"createdAt" ${Prisma.raw(orEqual)} ${createdAt}
    AND ("createdAt" ${Prisma.raw(strictly)} ${createdAt} OR ${ofId})`
}

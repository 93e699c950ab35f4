import { z } from 'zod'
import { AppError } from '@/lib/domain/errors'
import { isPlainText } from '@/lib/domain/plain-text'
import type { Count, Part, Position, Slice } from '@/lib/metadata/engine/listing'

/** A page of a list. */
export interface Page<T> {
  readonly items: T[]
  /**
   * Cursor of the next page; null on the last page. A list that is searched may have a page that is not full, or empty,
   * before others: it was searched so far. On a page that `previousCursor` led to, what follows may have been
   * deleted meanwhile: the next page is then empty.
   */
  readonly nextCursor: string | null
  /** Cursor of the page before; null on the first page. */
  readonly previousCursor: string | null
  /** Number of items in the whole list. */
  readonly totalCount: number
  /** True where the list may have more items, which are not counted. */
  readonly isCapped?: true
}

/** The page that the caller asks for. */
export interface PageRequest {
  readonly pageSize: number
  readonly cursor?: string | undefined
  /** The page with this number, 1 for the first, where the list says so; the last one where there are not as many. */
  readonly page?: number | undefined
}

/** A list's order: a key, with `-` in front for descending order. */
export type Sort<K extends string> = K | `-${K}`

/** Splits a sort into its key and direction. */
export function parseSort<K extends string>(sort: Sort<K>): { readonly key: K; readonly descending: boolean } {
  const descending = sort.startsWith('-')
  return { key: (descending ? sort.slice(1) : sort) as K, descending }
}

/** The order of a paged list. */
export interface ListOrder {
  /** As in the request. A cursor of another order is refused, because its position has no meaning in this order. */
  readonly sort: string
  readonly descending: boolean
  /** Whether the sort key is a time, else it is text. */
  readonly byTime: boolean
  /** Whether it is a whole number, not negative. */
  readonly byNumber?: boolean
}

/** How a list is read. */
interface List<Row> {
  readonly read: (slice: Slice) => Promise<Row[] | Part<Row>>
  readonly count: () => Promise<number | Count>
  readonly positionOf: (row: Row) => Position
}

/**
 * Returns a page. Reads one row more than the page has, to know whether another page follows. `previousCursor` leads back:
 * to the rows before the first one of the page, or, from a page that has been emptied, to the last page that has rows.
 * Throws PAGE_INVALID for a cursor that does not come from a list of this order.
 */
export async function readPage<Row>(
  { pageSize, cursor, page }: PageRequest,
  order: ListOrder,
  list: List<Row>,
): Promise<Page<Row>> {
  if (cursor === undefined && page !== undefined && page > 1) return readNumberedPage(page, pageSize, order, list)
  const start = cursor === undefined ? firstPage : decodeCursor(cursor, order)
  if (start.from === 'end') return readLastPage(pageSize, order, list)
  if (start.from === 'before') return readPageBefore(start.position, pageSize, order, list)
  const after = start.from === 'after' ? start.position : null
  const [{ rows, stoppedAt }, total] = await Promise.all([
    readPart(list, { descending: order.descending, after, limit: pageSize + 1 }),
    countAll(list),
  ])
  const items = rows.slice(0, pageSize)
  const [first] = items
  const last = items.at(-1)
  return {
    items,
    nextCursor:
      rows.length > pageSize && last !== undefined
        ? afterRow(last, order, list)
        : stoppedAt && cursorAt(stoppedAt, 'after', order),
    previousCursor: after === null ? null : previousCursor(),
    ...total,
  }

  function previousCursor(): string | null {
    if (first !== undefined) return beforeRow(first, order, list)
    if (after !== null && stoppedAt !== null) return cursorAt(after, 'before', order)
    return total.totalCount > 0 ? end(order) : null
  }
}

async function readPart<Row>(list: List<Row>, slice: Slice): Promise<Part<Row>> {
  const read = await list.read(slice)
  return Array.isArray(read) ? { rows: read, stoppedAt: null } : read
}

async function countAll<Row>(list: List<Row>): Promise<Pick<Page<Row>, 'totalCount' | 'isCapped'>> {
  const counted = await list.count()
  if (typeof counted === 'number') return { totalCount: counted }
  return { totalCount: counted.count, ...(counted.isCapped && { isCapped: true }) }
}

/**
 * Most rows that a page by its number steps over, from the nearer end of the list: 25 ms
 * (docs/decisions/0026-pages-by-number.md).
 */
const skipMax = 100_000

/** Throws PAGE_INVALID for a page that is too far from both ends of the list. */
async function readNumberedPage<Row>(
  number: number,
  pageSize: number,
  order: ListOrder,
  list: List<Row>,
): Promise<Page<Row>> {
  const total = await countAll(list)
  const { totalCount } = total
  const isCapped = total.isCapped === true
  const lastPage = Math.max(1, Math.ceil(totalCount / pageSize))
  if (number >= lastPage && !isCapped)
    return lastPage === 1 ? readPage({ pageSize }, order, list) : readLastPage(pageSize, order, list)
  const before = (number - 1) * pageSize
  // Of a list that is not counted to its end, the end is not near.
  const behind = isCapped ? Infinity : totalCount - before - pageSize
  if (isCapped ? number > lastPage : Math.min(before, behind) > skipMax) {
    throw new AppError('PAGE_INVALID', { fields: [{ path: 'page', message: 'a page nearer to an end of the list' }] })
  }
  const isBackwards = behind < before
  const { rows: read } = await readPart(list, {
    descending: order.descending !== isBackwards,
    after: null,
    limit: pageSize,
    skip: isBackwards ? behind : before,
  })
  const items = isBackwards ? read.reverse() : read
  const [first] = items
  const last = items.at(-1)
  // Rows were deleted since they were counted.
  if (first === undefined || last === undefined) return readPage({ pageSize }, order, list)
  return {
    items,
    nextCursor: afterRow(last, order, list),
    previousCursor: beforeRow(first, order, list),
    ...total,
  }
}

/** Where rows were deleted, so that a whole page does not precede the position, the first page is returned. */
async function readPageBefore<Row>(
  position: Position,
  pageSize: number,
  order: ListOrder,
  list: List<Row>,
): Promise<Page<Row>> {
  const [{ rows, stoppedAt }, total] = await Promise.all([
    readPart(list, { descending: !order.descending, after: position, limit: pageSize + 1 }),
    countAll(list),
  ])
  const items = rows.slice(0, pageSize).reverse()
  const [first] = items
  const last = items.at(-1)
  if (stoppedAt !== null && items.length < pageSize) {
    return {
      items,
      nextCursor: last === undefined ? cursorAt(stoppedAt, 'after', order) : afterRow(last, order, list),
      previousCursor: cursorAt(stoppedAt, 'before', order),
      ...total,
    }
  }
  if (first === undefined || last === undefined || items.length < pageSize) {
    return readPage({ pageSize }, order, list)
  }
  return {
    items,
    nextCursor: afterRow(last, order, list),
    previousCursor: rows.length > pageSize ? beforeRow(first, order, list) : null,
    ...total,
  }
}

/** The last page holds what whole pages from the beginning leave over. */
async function readLastPage<Row>(pageSize: number, order: ListOrder, list: List<Row>): Promise<Page<Row>> {
  const total = await countAll(list)
  const limit = (total.isCapped !== true && total.totalCount % pageSize) || pageSize
  const { rows, stoppedAt } = await readPart(list, { descending: !order.descending, after: null, limit })
  const items = rows.reverse()
  const [first] = items
  const isFirst = total.totalCount <= limit && total.isCapped !== true
  return {
    items,
    nextCursor: null,
    previousCursor:
      stoppedAt !== null
        ? cursorAt(stoppedAt, 'before', order)
        : first !== undefined && !isFirst
          ? beforeRow(first, order, list)
          : null,
    ...total,
  }
}

/** Where a page starts: a row that was on a page next to it, or an end of the list. */
type Start = { readonly from: 'beginning' | 'end' } | { readonly from: 'after' | 'before'; readonly position: Position }

const firstPage: Start = { from: 'beginning' }

// Only text and times that are safe to use in a query.
const text = z.string().refine(isPlainText)
const number = z.string().regex(/^\d{1,18}$/)
const time = z.iso.datetime().refine((value) => !value.startsWith('0000'))

/** Of a page after a row, before one, or at the end of the list. */
const cursorOf = (key: z.ZodString | z.ZodISODateTime) =>
  z.union([z.tuple([text, key, text]), z.tuple([text, key, text, z.literal('before')]), z.tuple([text])])
const textCursor = cursorOf(text)
const timeCursor = cursorOf(time)
const numberCursor = cursorOf(number)

function afterRow<Row>(row: Row, order: ListOrder, { positionOf }: List<Row>): string {
  return cursorAt(positionOf(row), 'after', order)
}

function beforeRow<Row>(row: Row, order: ListOrder, { positionOf }: List<Row>): string {
  return cursorAt(positionOf(row), 'before', order)
}

function cursorAt({ key, tie }: Position, side: 'after' | 'before', { sort }: ListOrder): string {
  return encodeCursor([sort, asText(key), tie, ...(side === 'before' ? [side] : [])])
}

function end({ sort }: ListOrder): string {
  return encodeCursor([sort])
}

/** JSON has no whole numbers of 64 bits. */
function asText(key: Position['key']): string {
  return key instanceof Date ? key.toISOString() : String(key)
}

function encodeCursor(parts: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

function decodeCursor(cursor: string, { sort, byTime, byNumber = false }: ListOrder): Start {
  const schema = byTime ? timeCursor : byNumber ? numberCursor : textCursor
  const parsed = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()))
  const [cursorSort, key, tie, side] = parsed.data ?? []
  if (cursorSort !== sort) {
    throw new AppError('PAGE_INVALID', { fields: [{ path: 'cursor', message: 'a nextCursor of this list' }] })
  }
  if (key === undefined || tie === undefined) return { from: 'end' }
  return { from: side ?? 'after', position: { key: byTime ? new Date(key) : byNumber ? BigInt(key) : key, tie } }
}

/** Returns the value, or undefined for text that is not valid JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

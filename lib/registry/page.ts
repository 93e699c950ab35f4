import { z } from 'zod'
import { AppError } from '@/lib/domain/errors'
import { isPlainText } from '@/lib/domain/plain-text'
import type { Position, Slice } from '@/lib/metadata/engine/listing'

/** A page of a list. */
export interface Page<T> {
  readonly items: T[]
  /** Cursor of the next page; null on the last page. */
  readonly nextCursor: string | null
  /** Number of items in the whole list. */
  readonly totalCount: number
}

/** The page that the caller asks for. */
export interface PageRequest {
  readonly pageSize: number
  readonly cursor?: string | undefined
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
}

/**
 * Returns a page. Reads one row more than the page has, to know whether another page follows. Throws PAGE_INVALID for a
 * cursor that does not come from a list of this order.
 */
export async function readPage<Row>(
  { pageSize, cursor }: PageRequest,
  order: ListOrder,
  list: {
    readonly read: (slice: Slice) => Promise<Row[]>
    readonly count: () => Promise<number>
    readonly positionOf: (row: Row) => Position
  },
): Promise<Page<Row>> {
  const after = cursor === undefined ? null : decodeCursor(cursor, order)
  const [rows, totalCount] = await Promise.all([
    list.read({ descending: order.descending, after, limit: pageSize + 1 }),
    list.count(),
  ])
  const items = rows.slice(0, pageSize)
  const last = items.at(-1)
  const nextCursor = rows.length > pageSize && last !== undefined ? encodeCursor(order, list.positionOf(last)) : null
  return { items, nextCursor, totalCount }
}

// Only text and times that are safe to use in a query.
const text = z.string().refine(isPlainText)
const time = z.iso.datetime().refine((value) => !value.startsWith('0000'))
const textCursor = z.tuple([text, text, text])
const timeCursor = z.tuple([text, time, text])

function encodeCursor({ sort }: ListOrder, { key, tie }: Position): string {
  return Buffer.from(JSON.stringify([sort, key, tie])).toString('base64url')
}

function decodeCursor(cursor: string, { sort, byTime }: ListOrder): Position {
  const parsed = (byTime ? timeCursor : textCursor).safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()))
  const [cursorSort, key, tie] = parsed.data ?? []
  if (cursorSort !== sort || key === undefined || tie === undefined) {
    throw new AppError('PAGE_INVALID', { fields: [{ path: 'cursor', message: 'a nextCursor of this list' }] })
  }
  return { key: byTime ? new Date(key) : key, tie }
}

/** Returns the value, or undefined for text that is not valid JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

import { Prisma } from '../generated/sqlite/client'

/** A piece of SQL that both databases understand. */
export type Sql = Prisma.Sql

/** Where a page starts: after the row that has this sort key and, among equals, this unique text. */
export interface Position {
  readonly key: string | Date | bigint
  readonly tie: string
}

/** Which rows of a sorted list to read. */
export interface Slice {
  readonly descending: boolean
  readonly after: Position | null
  readonly limit: number
  /** How many rows to leave out before. The database steps over each of them. */
  readonly skip?: number
}

/** How many rows a list has. */
export interface Count {
  readonly count: number
  /** Whether there may be more: they were not counted. */
  readonly isCapped: boolean
}

/** Largest number to which lists without a kept total are counted: beyond it, a count would take longer than the page. */
export const countMax = 10_000

/** The count of a list of which at most `countMax` rows and one more were counted. */
export function toCount(counted: number): Count {
  return { count: Math.min(counted, countMax), isCapped: counted > countMax }
}

/** Some rows of a list, in its order. */
export interface Part<Row> {
  readonly rows: Row[]
  /** Up to where the list was searched, when more may follow than these rows; null where the slice has all it asked for. */
  readonly stoppedAt: Position | null
}

/**
 * Rows whose `column` holds `text`, ignoring the case of ASCII letters; nothing in `text` is a wildcard. `lower`
 * changes no other letters in SQLite, nor in PostgreSQL's collation "C".
 */
export function contains(column: Sql, text: string): Sql {
  const lowered = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
  const pattern = `%${lowered.replace(/[\\%_]/g, '\\$&')}%`
  return Prisma.sql`lower(${column}) LIKE ${pattern} ESCAPE '\\'`
}

/** All of the conditions; an absent one always holds. */
export function allOf(conditions: readonly (Sql | undefined)[]): Sql {
  const given = conditions.filter((condition) => condition !== undefined)
  return given.length === 0 ? Prisma.sql`1 = 1` : Prisma.join(given, ' AND ')
}

/** The end of a list's query, from AND on: what follows the position, in order. `tie` is unique in the list. */
export function inOrder(key: Sql, tie: Sql, { descending, after, limit, skip = 0 }: Slice): Sql {
  const comparison = descending ? Prisma.sql`<` : Prisma.sql`>`
  const direction = descending ? Prisma.sql`DESC` : Prisma.sql`ASC`
  const start =
    after === null ? Prisma.empty : Prisma.sql`AND (${key}, ${tie}) ${comparison} (${after.key}, ${after.tie})`
  return Prisma.sql`${start} ORDER BY ${key} ${direction}, ${tie} ${direction} LIMIT ${limit} OFFSET ${skip}`
}

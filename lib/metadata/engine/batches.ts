import { Prisma } from '../generated/sqlite/client'
import type { SqlSource } from './database'

/** Rows of one statement: the databases limit the values it may carry. */
const batchSize = 500

/** `rows` in pieces that one statement can carry. */
export function batchesOf<T>(rows: readonly T[]): T[][] {
  const count = Math.ceil(rows.length / batchSize)
  return Array.from({ length: count }, (_, index) => rows.slice(index * batchSize, (index + 1) * batchSize))
}

/**
 * `values` for `IN`, as one parameter: however many they are, the statement has the same text. Each database reads the
 * list from JSON.
 */
export function listOf({ provider }: Pick<SqlSource, 'provider'>, values: readonly string[]): Prisma.Sql {
  const json = JSON.stringify(values)
  return provider === 'sqlite'
    ? Prisma.sql`(SELECT "value" FROM json_each(${json}))`
    : Prisma.sql`(SELECT jsonb_array_elements_text(${json}::jsonb))`
}

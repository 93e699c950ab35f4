import type { DatabaseLocation, SqlSource } from './database'
import type { Sql } from './listing'
import { Prisma } from '../generated/sqlite/client'

/** Rows of one statement: the databases limit the values it may carry. */
const batchSize = 500

/** `rows` in pieces that one statement can carry. */
export function batchesOf<T>(rows: readonly T[]): T[][] {
  const count = Math.ceil(rows.length / batchSize)
  return Array.from({ length: count }, (_, index) => rows.slice(index * batchSize, (index + 1) * batchSize))
}

/**
 * `values` as one parameter, for `IN (SELECT "key" FROM json_each(…))`: the statement has the same text however many
 * they are, so it stays prepared. `json_each` of an object is the same in both databases.
 */
export function asJsonKeys(values: readonly (string | number)[]): string {
  // Not by way of an object: with ids as keys, it would be an array as long as the highest of them.
  return `{${[...new Set(values)].map((value) => `${JSON.stringify(String(value))}:0`).join()}}`
}

/**
 * The condition that `column` is one of `values`, which are one parameter. As a part of a statement: PostgreSQL plans such
 * a statement for its values each time. Kept prepared, it is planned for a repository of average size, and all tags of a
 * large one are read. An array, not a subquery, of which it would expect a hundred rows.
 */
export function isOneOf({ provider }: Pick<SqlSource, 'provider'>, column: Sql, values: readonly string[]): Sql {
  const keys = asJsonKeys(values)
  return provider === 'sqlite'
    ? Prisma.sql`${column} IN (SELECT "key" FROM json_each(${keys}))`
    : Prisma.sql`${column} = ANY(ARRAY(SELECT "key" FROM json_each(CAST(${keys} AS JSON))))`
}

/**
 * `tags` as the table `given` with the columns `name` and `digest`, for FROM; one parameter, so that the statement
 * stays prepared however many they are.
 */
export function asGivenTags(
  provider: DatabaseLocation['provider'],
  tags: readonly { readonly name: string; readonly digest: string }[],
): Sql {
  const json = JSON.stringify(tags.map(({ name, digest }) => ({ name, digest })))
  return provider === 'sqlite'
    ? Prisma.sql`(SELECT "value" ->> 'name' AS "name", "value" ->> 'digest' AS "digest" FROM json_each(${json})) AS given`
    : Prisma.sql`jsonb_to_recordset(${json}::jsonb) AS given("name" TEXT, "digest" TEXT)`
}

/** Rows of one statement: the databases limit the values it may carry. */
const batchSize = 500

/** `rows` in pieces that one statement can carry. */
export function batchesOf<T>(rows: readonly T[]): T[][] {
  const count = Math.ceil(rows.length / batchSize)
  return Array.from({ length: count }, (_, index) => rows.slice(index * batchSize, (index + 1) * batchSize))
}

/**
 * `values` as one parameter, for `IN (SELECT "key" FROM json_each(…))`: the statement has the same text however many they
 * are, so it stays prepared. `json_each` of an object is the same in both databases.
 */
export function asJsonKeys(values: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(values.map((value) => [value, 0])))
}

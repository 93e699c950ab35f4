/** Rows of one statement: the databases limit the values it may carry. */
const batchSize = 500

/** `rows` in pieces that one statement can carry. */
export function batchesOf<T>(rows: readonly T[]): T[][] {
  const count = Math.ceil(rows.length / batchSize)
  return Array.from({ length: count }, (_, index) => rows.slice(index * batchSize, (index + 1) * batchSize))
}

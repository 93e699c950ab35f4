import type { Database, SqlTransaction } from '@/lib/metadata/engine/database'

/**
 * How long the work of one batch should take, in milliseconds. SQLite blocks the whole process meanwhile. PostgreSQL blocks
 * nobody but who wants the same rows, and each batch has round trips and a commit: with 10, a deletion took more than twice
 * as long there.
 */
const targetMs = { sqlite: 10, postgresql: 30 } as const

const rowsMin = 5
const rowsMax = 1000

/**
 * Calls `work` in one short transaction after the other until it returns false; it gets how many rows it may touch.
 * That number follows the time that the batches take, because a row may be a hundred bytes or four megabytes. Other
 * requests run, and other transactions write, between two batches.
 */
export async function inBatches(
  db: Database,
  work: (tx: SqlTransaction, rows: number) => Promise<boolean>,
): Promise<void> {
  const target = targetMs[db.provider]
  // It is not known what a row of the first batch costs, and its code may run for the first time.
  for (let rows = rowsMin, goesOn = true; goesOn;) {
    let tookMs = 0
    goesOn = await db.sqlTransaction(async (tx) => {
      const startedAt = performance.now()
      const more = await work(tx, rows)
      tookMs = performance.now() - startedAt
      return more
    })
    if (tookMs > target) rows = Math.max(rowsMin, Math.floor(rows / 2))
    else if (tookMs < target / 3) rows = Math.min(rowsMax, rows * 2)
  }
}

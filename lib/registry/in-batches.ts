import type { Database, SqlTransaction } from '@/lib/metadata/engine/database'

/** How long the work of one batch should take, in milliseconds: SQLite blocks the whole process meanwhile. */
const targetMs = 10

const rowsMin = 5
const rowsMax = 1000

/** Rows of the first batch. */
const rowsFirst = 50

/**
 * Calls `work` in one short transaction after the other until it returns false; it gets how many rows it may touch.
 * That number follows the time that the batches take, because a row may be a hundred bytes or four megabytes. Other
 * requests run, and other transactions write, between two batches.
 */
export async function inBatches(
  db: Database,
  work: (tx: SqlTransaction, rows: number) => Promise<boolean>,
): Promise<void> {
  for (let rows = rowsFirst, goesOn = true; goesOn;) {
    let tookMs = 0
    goesOn = await db.sqlTransaction(async (tx) => {
      const startedAt = performance.now()
      const more = await work(tx, rows)
      tookMs = performance.now() - startedAt
      return more
    })
    if (tookMs > targetMs) rows = Math.max(rowsMin, Math.floor(rows / 2))
    else if (tookMs < targetMs / 3) rows = Math.min(rowsMax, rows * 2)
  }
}

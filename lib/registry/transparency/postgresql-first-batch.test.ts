import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '@/lib/metadata/engine/database'
import { isSettled, readHorizons } from '@/lib/metadata/outbox-readers'
import { findLog } from '@/lib/metadata/transparency-logs'
import { openTestDatabase } from '@/lib/testing/test-database'
import { beginLogs } from './first-batch'

let db: Database
let close: () => Promise<void>

beforeAll(async () => ({ db, close } = await openTestDatabase()))
afterAll(() => close())

/** Whether what there was before the log can be copied. */
async function canBeCopied(): Promise<boolean> {
  const log = await findLog(db, 'cri-1')
  if (log === null) throw new Error('the log has not begun')
  return isSettled(log.horizon, await readHorizons(db))
}

test('a log waits for a transaction that may add to its history, although that began after all that have ended', async () => {
  const instance = { id: 'cri-1', name: 'one', regionId: 'cn-hangzhou', specification: 'Enterprise_Basic' } as const
  await db.prisma.instance.create({ data: { ...instance, isDefault: true } })
  await db.prisma.transparencyLog.deleteMany()
  await db.sqlTransaction(async (tx) => {
    await tx.$queryRaw`SELECT pg_current_xact_id()::text AS "id"`
    await beginLogs({ db })
    expect(await canBeCopied()).toBe(false)
  })
  // Transactions of other tests may have to end, too.
  await expect.poll(canBeCopied, { timeout: 30_000 }).toBe(true)
})

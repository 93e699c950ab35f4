import { afterEach, beforeEach, expect, test } from 'vitest'
import type { OpenDatabase } from '@/lib/metadata/engine/open-database'
import { claimNonce } from '@/lib/metadata/nonces'
import { openTestDatabase } from '@/lib/testing/test-database'
import { sweepNonces } from './sweep-nonces'

let db: OpenDatabase
let close: () => Promise<void>

beforeEach(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterEach(() => close())

const now = new Date('2026-11-29T12:00:00Z')
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)

function claim(id: string, at: Date): Promise<boolean> {
  return db.sqlTransaction((tx) => claimNonce(tx, id, at))
}

test('a nonce is kept for longer than its request could come again, and not for ever', async () => {
  for (const minutes of [0, 30, 59, 61, 600]) expect(await claim(`${minutes}`, minutesAgo(minutes))).toBe(true)
  await sweepNonces(db, now)
  const taken = []
  for (const minutes of [0, 30, 59, 61, 600]) if (!(await claim(`${minutes}`, now))) taken.push(minutes)
  expect(taken).toEqual([0, 30, 59])
})

test('any number of nonces is removed, in batches', async () => {
  await db.sqlTransaction(async (tx) => {
    for (let i = 0; i < 2500; i++) await claimNonce(tx, `old ${i}`, minutesAgo(61))
  })
  await sweepNonces(db, now)
  const rows = await db.read.$queryRaw<unknown[]>`SELECT "id" FROM "SignatureNonce"`
  expect(rows).toEqual([])
})

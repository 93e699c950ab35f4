import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '@/lib/metadata/engine/database'
import { openTestDatabase } from '@/lib/testing/test-database'
import { sweepOutbox } from './sweep-outbox'

let db: Database
let close: () => Promise<void>

beforeAll(async () => ({ db, close } = await openTestDatabase()))
afterAll(() => close())

test('what is older than a week goes, however much it is, and the rest stays', async () => {
  const now = new Date('2026-11-28T12:00:00Z')
  const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 3_600_000)
  const event = { kind: 'TAG', instanceId: 'cri-1', repositoryId: 'crr-1', repositoryPath: 'test/example' }
  await db.prisma.outboxEvent.createMany({
    data: Array.from({ length: 2500 }, (_, n) => ({ ...event, tagEventId: n, createdAt: daysAgo(8) })),
  })
  await db.prisma.outboxEvent.createMany({ data: [6.9, 0].map((days) => ({ ...event, createdAt: daysAgo(days) })) })
  await sweepOutbox(db, now)
  expect((await db.prisma.outboxEvent.findMany({ orderBy: { id: 'asc' } })).map(({ createdAt }) => createdAt)).toEqual([
    daysAgo(6.9),
    daysAgo(0),
  ])
})

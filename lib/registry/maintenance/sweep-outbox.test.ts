import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '@/lib/metadata/engine/database'
import { figuresReader } from '@/lib/metadata/day-figures'
import { transparencyReader } from '@/lib/metadata/transparency-logs'
import { openTestDatabase } from '@/lib/testing/test-database'
import { sweepOutbox } from './sweep-outbox'

let db: Database
let close: () => Promise<void>

beforeAll(async () => ({ db, close } = await openTestDatabase()))
afterAll(() => close())

const taken = (position: number, gaps: object[] = [], name = transparencyReader) => ({
  name,
  version: 1,
  position,
  gaps: JSON.stringify(gaps),
})

test('what is older than a week and was taken goes, however much it is, and the rest stays', async () => {
  const now = new Date('2026-11-28T12:00:00Z')
  const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 3_600_000)
  const event = { kind: 'TAG', instanceId: 'cri-1', repositoryId: 'crr-1', repositoryPath: 'test/example' }
  await db.prisma.outboxEvent.createMany({
    data: Array.from({ length: 2500 }, (_, n) => ({ ...event, tagEventId: n, createdAt: daysAgo(8) })),
  })
  await db.prisma.outboxEvent.createMany({ data: [6.9, 0].map((days) => ({ ...event, createdAt: daysAgo(days) })) })
  const last = await db.prisma.outboxEvent.findFirstOrThrow({ orderBy: { id: 'desc' } })
  await db.prisma.outboxReader.createMany({ data: [taken(last.id), taken(last.id, [], figuresReader)] })
  await sweepOutbox(db, now)
  expect((await db.prisma.outboxEvent.findMany({ orderBy: { id: 'asc' } })).map(({ createdAt }) => createdAt)).toEqual([
    daysAgo(6.9),
    daysAgo(0),
  ])
})

test('what a reader has not taken stays, however old it is', async () => {
  await db.prisma.outboxEvent.deleteMany()
  const event = { kind: 'TAG', instanceId: 'cri-1', repositoryId: 'crr-1', repositoryPath: 'test/example' }
  await db.prisma.outboxEvent.createMany({
    data: [1, 2, 3, 4].map((n) => ({ ...event, tagEventId: n, createdAt: new Date(0) })),
  })
  const ids = (await db.prisma.outboxEvent.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id)
  const left = async () => {
    await sweepOutbox(db)
    return (await db.prisma.outboxEvent.findMany({ orderBy: { id: 'asc' } })).map(({ tagEventId }) => tagEventId)
  }
  await db.prisma.outboxReader.deleteMany()
  expect(await left()).toEqual([1, 2, 3, 4])
  const [, second = 0, third = 0, fourth = 0] = ids
  await db.prisma.outboxReader.create({ data: taken(fourth, [], figuresReader) })
  expect(await left()).toEqual([1, 2, 3, 4])
  await db.prisma.outboxReader.create({ data: taken(fourth, [{ from: second, to: third, horizon: '1' }]) })
  expect(await left()).toEqual([2, 3, 4])
  await db.prisma.outboxReader.updateMany({
    where: { name: transparencyReader },
    data: { position: third, gaps: '[]' },
  })
  expect(await left()).toEqual([4])
})

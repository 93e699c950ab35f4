import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { storePulls } from './pull-counts'

/* Several processes store counts at once, beside pushes and deletions of the same tags. */

let doors: TestDoors

beforeEach(async () => {
  doors = await openTestDoors()
})
afterEach(() => doors.close())

const names = Array.from({ length: 30 }, (_, n) => `v${n}`)

test('counts that several processes store at once, beside moves of the tags, add up', async () => {
  const { registry, params } = doors
  const { db } = registry.ctx
  const image = await registry.image('image')
  for (const name of names) await registry.pushManifest(name, image.bytes)
  const pulls = (order: readonly string[]) =>
    order.map((reference) => ({ subjectId: '', repositoryId: params.repositoryId, reference, count: 1 }))
  const rounds = 5
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let round = 0; round < rounds; round++) {
      await storePulls(db, pulls(writer % 2 === 0 ? names : [...names].reverse()))
    }
  })
  const movers = names.slice(0, 10).map(async (name) => {
    const { bytes } = await registry.image(`moved ${name}`)
    expect((await registry.pushManifest(name, bytes)).status).toBe(201)
  })
  await Promise.all([...writers, ...movers])
  const stored = await db.prisma.tagPulls.findMany({ select: { pulls: true } })
  expect(stored).toEqual(names.map(() => ({ pulls: 20n })))
  expect(await db.prisma.repositoryPulls.findMany({ select: { pulls: true } })).toEqual([{ pulls: 600n }])
  expect(await db.prisma.instanceDay.findMany({ select: { pulls: true } })).toEqual([{ pulls: 600 }])
})

test('no count outlives its tag, whatever is stored while tags are deleted', async () => {
  const { registry, params } = doors
  const { db } = registry.ctx
  const image = await registry.image('image')
  for (const name of names) await registry.pushManifest(name, image.bytes)
  const pulls = names.map((reference) => ({ subjectId: '', repositoryId: params.repositoryId, reference, count: 1 }))
  const remove = async (name: string) => {
    expect((await registry.send('DELETE', `/v2/test/example/manifests/${name}`)).status).toBe(202)
  }
  for (let first = 0; first < names.length; first += 3) {
    const removed = names.slice(first, first + 3).reverse()
    await Promise.all([storePulls(db, pulls), ...removed.map(remove), storePulls(db, pulls)])
  }
  expect(await db.prisma.tag.count()).toBe(0)
  expect(await db.prisma.tagPulls.count()).toBe(0)
})

test('a transaction that deletes a tag is not waited for', async ({ skip }) => {
  const { registry, params } = doors
  const { db } = registry.ctx
  if (db.provider === 'sqlite') skip('transactions that write run one after the other on SQLite')
  const image = await registry.image('image')
  for (const name of ['v1', 'v2']) await registry.pushManifest(name, image.bytes)
  const pulls = ['v1', 'v2'].map((reference) => ({
    ...{ subjectId: '', repositoryId: params.repositoryId, reference, count: 1 },
  }))
  await db.sqlTransaction(async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM "Repository" WHERE "id" = ${params.repositoryId} FOR UPDATE`
    await tx.$executeRaw`DELETE FROM "Tag" WHERE "name" = 'v1'`
    await storePulls(db, pulls)
  })
  expect(await db.prisma.tagPulls.findMany({ select: { tag: true } })).toEqual([{ tag: 'v2' }])
})

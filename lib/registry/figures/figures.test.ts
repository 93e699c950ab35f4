import { afterEach, beforeEach, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import type { FiguresView } from '@/lib/api/schemas/figures'
import { dayOf, keptDays, lastDays } from '@/lib/domain/day'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { countEvents } from './count-events'
import { measureReclaimable, measureStorage, removeOldDays } from './measure-storage'

let doors: TestDoors

beforeEach(async () => {
  doors = await openTestDoors()
})
afterEach(() => doors.close())

const today = dayOf(new Date())

async function push(tag: string, content = tag, name = 'test/example') {
  const image = await doors.registry.image(content, name)
  return { ...image, status: (await doors.registry.pushManifest(tag, image.bytes, {}, name)).status }
}

async function read(days = 30): Promise<FiguresView> {
  const answer = await doors.api.call('GET', operations.getFigures.path, doors.params, { query: `?days=${days}` })
  expect(answer.status).toBe(200)
  return answer.json as unknown as FiguresView
}

test('pushes and refusals are counted by day, each once, however often and by whom it is tried', async () => {
  const { db } = doors.registry.ctx
  await push('v1')
  await push('v1', 'moved')
  await push('v1', 'moved')
  await doors.registry.setImmutable(true)
  for (const tag of ['v1', 'v1']) expect((await push(tag, 'refused')).status).toBe(409)
  expect((await push('v1', 'refused too')).status).toBe(409)
  await Promise.all([countEvents(db), countEvents(db), countEvents(db)])
  await countEvents(db)
  const { days, refusals, immutableCount } = await read()
  expect(days).toHaveLength(30)
  expect(days.at(-1)).toMatchObject({ day: today, pulls: 0, pushes: 2, refusals: 2 })
  expect(days.slice(0, -1).every(({ pushes }) => pushes === 0)).toBe(true)
  expect(refusals).toEqual({ count: 2, tagCount: 1, repositoryCount: 1, isCapped: false })
  expect(immutableCount).toBe(1)
  expect(await db.prisma.repositoryDay.findMany({ select: { pulls: true, pushes: true } })).toEqual([
    { pulls: 0, pushes: 2 },
  ])
})

test('a day has what an instance held when it was measured last, and today what it holds now', async () => {
  const { db } = doors.registry.ctx
  await push('v1')
  const before = (await read()).days.at(-1)?.storageBytes ?? 0
  expect(before).toBeGreaterThan(0)
  await measureStorage(db, new Date(Date.now() - 86_400_000))
  await push('v2', 'x'.repeat(1000))
  const after = (await read()).days
  expect(after.at(-1)?.storageBytes).toBeGreaterThan(before + 1000)
  expect(after.at(-2)?.storageBytes).toBe(before)
  expect(after.at(-3)?.storageBytes).toBeNull()
})

test('what no tag reaches can be reclaimed, and what one of the instance reaches cannot', async () => {
  const { db } = doors.registry.ctx
  const reclaimable = async () => {
    await measureReclaimable(db)
    return (await read()).reclaimable?.bytes
  }
  expect((await read()).reclaimable).toBeNull()
  const left = await push('v1', 'x'.repeat(1000))
  const imageType = 'application/vnd.oci.image.manifest.v1+json'
  const indexType = 'application/vnd.oci.image.index.v1+json'
  const child = await doors.registry.image('y'.repeat(500))
  await doors.registry.pushManifest(child.digest, child.bytes)
  const indexOf = (digest: string, size: number, mediaType: string) =>
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [{ mediaType, digest, size }] }))
  const inner = indexOf(child.digest, child.bytes.length, imageType)
  const headers = { 'content-type': indexType }
  const { headers: answered } = await doors.registry.pushManifest('inner', inner, { headers })
  const outer = indexOf(String(answered['docker-content-digest']), inner.length, indexType)
  expect((await doors.registry.pushManifest('outer', outer, { headers })).status).toBe(201)
  await doors.registry.send('DELETE', '/v2/test/example/manifests/inner')
  expect(await reclaimable()).toBe(0)

  await doors.registry.send('DELETE', '/v2/test/example/manifests/v1')
  const configBytes = (JSON.parse(left.bytes.toString()) as { config: { size: number } }).config.size
  expect(await reclaimable()).toBe(1000 + configBytes)

  const body = { namespace: 'test', name: 'other' }
  await doors.api.call('POST', operations.createRepository.path, doors.params, { body })
  await push('v1', 'x'.repeat(1000), 'test/other')
  expect(await reclaimable()).toBe(0)
})

test('the first repositories by pulls and by size', async () => {
  const body = { namespace: 'test', name: 'other' }
  await doors.api.call('POST', operations.createRepository.path, doors.params, { body })
  await push('v1', 'x'.repeat(5000))
  await push('v1', 'small', 'test/other')
  for (let n = 0; n < 3; n++) await doors.registry.send('GET', '/v2/test/other/manifests/v1')
  await doors.registry.send('GET', '/v2/test/example/manifests/v1')
  await doors.registry.ctx.pullBuffer.flush()
  await countEvents(doors.registry.ctx.db)
  const { mostPulled, largest, days } = await read(1)
  expect(days).toMatchObject([{ day: today, pulls: 4, pushes: 2 }])
  expect(mostPulled).toMatchObject([
    { namespace: 'test', name: 'other', pulls: 3, pushes: 1 },
    { name: 'example', pulls: 1 },
  ])
  expect(largest.map(({ name }) => name)).toEqual(['example', 'other'])
})

test('days are kept for as long as can be asked for, and removed then', async () => {
  const { db } = doors.registry.ctx
  const { instanceId, repositoryId } = doors.params
  const days = lastDays(keptDays + 100, new Date())
  await db.prisma.instanceDay.createMany({ data: days.map((day) => ({ instanceId, day, pulls: 1 })) })
  await db.prisma.repositoryDay.createMany({ data: days.map((day) => ({ instanceId, repositoryId, day, pulls: 1 })) })
  await removeOldDays(db)
  expect(await db.prisma.instanceDay.count()).toBe(keptDays)
  expect(await db.prisma.repositoryDay.count()).toBe(keptDays)
  const figures = await read(keptDays)
  expect(figures.days.every(({ pulls }) => pulls === 1)).toBe(true)
  expect(figures.mostPulled).toMatchObject([{ pulls: keptDays }])
  const tooMany = await doors.api.call('GET', operations.getFigures.path, doors.params, { query: '?days=401' })
  expect(tooMany.status).toBe(400)
})

test('whether the pulls of a robot and of a user count is a setting, and its change is audited', async () => {
  const { ctx } = doors.registry
  const robotId = await doors.registry.addRobot('scanner', 'secret-of-scanner')
  const userId = await doors.registry.addUser('reader', 'registry-pw-1')
  for (const [path, params] of [
    [operations.updateRobot.path, { robotId }],
    [operations.updateUser.path, { userId }],
  ] as const) {
    const changed = await doors.api.call('PATCH', path, params, { body: { arePullsCounted: false } })
    expect([changed.status, changed.json.arePullsCounted]).toEqual([200, false])
  }
  const events = await ctx.db.prisma.auditEvent.findMany({ where: { action: 'UPDATE' }, orderBy: { id: 'asc' } })
  expect(events.map(({ targetType, before, after }) => [targetType, before, after])).toEqual(
    ['ROBOT', 'USER'].map((type) => [type, '{"arePullsCounted":true}', '{"arePullsCounted":false}']),
  )
})

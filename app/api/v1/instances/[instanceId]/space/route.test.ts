import { afterEach, beforeEach, expect, test } from 'vitest'
import { manifestOf, pushAll, type Pushable } from '@/e2e/content/pushable'
import { instanceSpace, repositorySpace } from '@/lib/api/schemas/space'
import { SpaceCounts } from '@/lib/metadata/space-counts'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'

let doors: TestDoors

beforeEach(async () => {
  doors = await openTestDoors()
  await doors.api.ctx.db.prisma.namespace.updateMany({ data: { autoCreateRepository: true } })
})
afterEach(() => doors.close())

const part = (name: string, size: number) => ({ mediaType: 'application/x', bytes: Buffer.alloc(size, name) })

function image(name: string, size: number): Pushable {
  return manifestOf(part(`config of ${name}`, 100), [part('base', 5000), part(name, size)], { tag: 'v1' })
}

const push = (path: string, content: readonly Pushable[]) =>
  pushAll((...request) => doors.registry.send(...request), path, content)

/** Asks again while it is being counted, as the console does. */
async function instance(query = '') {
  const { id: instanceId } = await doors.api.ctx.db.prisma.instance.findFirstOrThrow()
  for (;;) {
    const answer = await doors.api.call('GET', '/instances/{instanceId}/space', { instanceId }, { query })
    const space = instanceSpace.parse(answer.json)
    if (!space.isCounting) return space
  }
}

async function repository(path: string) {
  const { id: repositoryId } = await doors.api.ctx.db.prisma.repository.findFirstOrThrow({ where: { path } })
  const answer = await doors.api.call('GET', '/repositories/{repositoryId}/space', { repositoryId })
  return repositorySpace.parse(answer.json)
}

test('what repositories share is stored once: each says what it has alone', async () => {
  const [shop, cart] = [image('shop', 2000), image('cart', 1000)]
  await push('test/shop', [shop])
  await push('test/cart', [cart])
  await push('test/copy', [cart])
  const own = { shop: 2000 + 100 + shop.manifest.length, cart: 1000 + 100 }

  const whole = await instance()
  expect(whole).toMatchObject({ isCounting: false, sharedBytes: 0 })
  // Manifests are in each repository, blobs once.
  expect(whole.sizeBytes).toBe(5000 + own.shop + own.cart + 2 * cart.manifest.length)
  expect(whole.exclusiveBytes).toBe(whole.sizeBytes)
  const [namespace] = whole.namespaces
  expect(namespace?.name).toBe('test')
  expect(
    namespace?.repositories.map(({ name, sizeBytes, exclusiveBytes }) => [name, sizeBytes, exclusiveBytes]),
  ).toEqual([
    ['shop', 5000 + own.shop, own.shop],
    ['cart', 5000 + own.cart + cart.manifest.length, cart.manifest.length],
    ['copy', 5000 + own.cart + cart.manifest.length, cart.manifest.length],
    ['example', 0, 0],
  ])
  expect(await repository('test/shop')).toMatchObject({ exclusiveBytes: own.shop, sharedBytes: 5000 })

  // What was counted a moment ago is not counted again, however often it is asked for.
  await push('test/new', [image('new', 1)])
  expect(await instance('?fresh=true')).toMatchObject({ countedAt: whole.countedAt, sizeBytes: whole.sizeBytes })
  expect(await repository('test/new')).toMatchObject({ sizeBytes: 0, countedAt: whole.countedAt })
})

test('a repository that is being deleted takes no room, and a new count replaces the one before', async () => {
  const { ctx } = doors.api
  await push('test/shop', [image('shop', 2000)])
  const counted = async (counts: SpaceCounts) => {
    await expect.poll(async () => (await counts.read(ctx.db, false)).counted, { timeout: 20_000 }).not.toBeNull()
    return (await counts.read(ctx.db, false)).counted
  }
  expect((await counted(ctx.spaceCounts))?.instances.size).toBe(1)
  await ctx.db.prisma.repository.updateMany({ data: { isDeleted: true } })
  const after = await counted(new SpaceCounts())
  expect(after?.instances.size).toBe(0)
  expect(after?.repositories.size).toBe(0)
})

test('pages of rows are counted like one: blobs that thousands of repositories have, too', async () => {
  const { ctx } = doors.api
  await push('test/shop', [image('shop', 2000)])
  const [model] = await ctx.db.prisma.repository.findMany({ where: { path: 'test/shop' } })
  const blobs = await ctx.db.prisma.repositoryBlob.findMany({ where: { repositoryId: model?.id ?? '' } })
  const copies = Array.from({ length: 1500 }, (_, at) => ({ id: `crr-copy${String(at).padStart(12, '0')}`, at }))
  await ctx.db.prisma.repository.createMany({
    data: copies.map(({ id, at }) => ({
      ...{ id, instanceId: model?.instanceId ?? '', namespaceId: model?.namespaceId ?? '', type: 'PRIVATE' as const },
      ...{ name: `copy-${at}`, path: `test/copy-${at}`, summary: '', description: '', updatedBy: 'admin' },
    })),
  })
  await ctx.db.prisma.repositoryBlob.createMany({
    data: copies.flatMap(({ id }) => blobs.map(({ digest }) => ({ repositoryId: id, digest }))),
  })
  const space = await instance()
  expect(space.sizeBytes).toBe(5000 + 2000 + 100 + image('shop', 2000).manifest.length)
  expect(space.namespaces[0]).toMatchObject({ otherCount: 1482, otherBytes: 1481 * 7100 })
})

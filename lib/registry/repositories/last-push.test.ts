import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemPrincipal } from '@/lib/domain/principal'
import { type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'
import { getRepository } from './get-repository'

let registry: TestRegistry
let close: () => Promise<void>
let repositoryId: string

beforeEach(async () => {
  ;({ registry, close } = await startTestRegistry())
  repositoryId = (await registry.ctx.db.prisma.repository.findFirstOrThrow({ where: { path: 'test/example' } })).id
})
afterEach(() => close())

async function lastPushedAt(): Promise<string | null> {
  return (await getRepository(registry.ctx, systemPrincipal, repositoryId)).value.lastPushedAt
}

async function push(tag: string, content: string) {
  const image = await registry.image(content)
  expect((await registry.pushManifest(tag, image.bytes)).status).toBe(201)
  const row = await registry.ctx.db.prisma.tag.findFirstOrThrow({ where: { name: tag } })
  return { ...image, pushedAt: row.updatedAt.toISOString() }
}

async function remove(reference: string) {
  expect((await registry.send('DELETE', `/v2/test/example/manifests/${reference}`)).status).toBe(202)
}

test('the last push stays when the tag that it pushed is deleted, and when all are', async () => {
  expect(await lastPushedAt()).toBeNull()
  await push('v1', 'first')
  const second = await push('v2', 'second')
  expect(await lastPushedAt()).toBe(second.pushedAt)
  await remove('v2')
  expect(await lastPushedAt()).toBe(second.pushedAt)
  await remove('v1')
  expect(await lastPushedAt()).toBe(second.pushedAt)
  await remove(second.digest)
  expect(await lastPushedAt()).toBe(second.pushedAt)
})

test('a tag that moves is a push; a push that changes nothing or is refused does not count', async () => {
  const { bytes } = await push('v1', 'first')
  const moved = await push('v1', 'second')
  expect(await lastPushedAt()).toBe(moved.pushedAt)
  const again = await registry.image('second')
  expect((await registry.pushManifest('v1', again.bytes)).status).toBe(201)
  await registry.setImmutable(true)
  expect((await registry.pushManifest('v1', bytes)).status).toBe(409)
  expect(await lastPushedAt()).toBe(moved.pushedAt)
})

test('the last push does not go back when the clock of a server does', async () => {
  const first = await push('v1', 'first')
  const later = new Date(Date.parse(first.pushedAt) + 60_000)
  await registry.ctx.db.prisma.repositoryTotals.updateMany({ data: { lastPushedAt: later } })
  await push('v2', 'second')
  expect(await lastPushedAt()).toBe(later.toISOString())
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Principal } from '@/lib/domain/principal'
import { searchRegistry } from '@/lib/registry/search/search-registry'
import { digestOfNumber, fillRepository } from '@/lib/testing/fill-repository'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'

/* More repositories than are asked one by one: the index of all repositories answers, where nothing hidden is in the way. */

const count = 2100

let api: TestApi

beforeAll(async () => {
  api = await openTestApi()
  const { instanceId, repositoryId } = await api.makeRepository('hidden')
  // Before what the member may see, in the order of the index.
  await fillRepository(api.ctx.db, repositoryId, count)
  await api.ctx.db.transaction(async ({ prisma }) => {
    const names = { instanceId, name: 'seen', autoCreateRepository: false, defaultRepositoryType: 'PRIVATE' } as const
    await prisma.namespace.create({ data: { id: 'crn-seen', ...names } })
    await prisma.user.create({ data: { id: 'usr-member', name: 'member', role: 'MEMBER' } })
    const grant = { id: 'crg-1', subjectId: 'usr-member', userId: 'usr-member', instanceId, createdBy: 'admin' }
    await prisma.grant.create({ data: { ...grant, namespaceId: 'crn-seen', scopeId: 'crn-seen', permission: 'PULL' } })
    const numbers = Array.from({ length: count }, (_, index) => index)
    const idOf = (number: number) => `crr-seen${number}`
    await prisma.repository.createMany({
      data: numbers.map((number) => ({
        ...{ id: idOf(number), instanceId, namespaceId: 'crn-seen', name: `app-${number}`, path: `seen/app-${number}` },
        ...{ type: 'PRIVATE' as const, summary: '', description: '', updatedBy: 'admin' },
      })),
    })
    const manifest = { digest: digestOfNumber(1), mediaType: 'application/vnd.oci.image.manifest.v1+json' }
    const sizes = { content: new Uint8Array(2), sizeBytes: 2, totalSizeBytes: 2, platforms: '', pushedBy: 'admin' }
    await prisma.manifest.createMany({ data: numbers.map((n) => ({ repositoryId: idOf(n), ...manifest, ...sizes })) })
    const times = { createdAt: new Date(), updatedAt: new Date(), updatedBy: 'admin' }
    await prisma.tag.createMany({
      data: numbers.map((n) => ({
        ...{ repositoryId: idOf(n), name: n === 7 ? 'tx-rare' : 'tz', digest: manifest.digest, ...times },
      })),
    })
  })
}, 60_000)
afterAll(() => api.close())

const principal = (id: string, role: Principal['role']): Principal => ({
  ...{ kind: 'user', id, name: id, role, credential: 'session', token: null, address: '192.0.2.7', userAgent: 'test' },
})
const admin = principal('usr-admin', 'ADMINISTRATOR')
const member = principal('usr-member', 'MEMBER')

async function tagsFound(by: Principal, q: string) {
  const { tags } = await searchRegistry(api.ctx, by, { q, limit: 3 })
  return { ...tags, items: tags.items.map(({ repositoryPath, tag }) => `${repositoryPath}:${tag}`) }
}

test('what the caller may not see is in the way of nothing', async () => {
  expect(await tagsFound(member, 't')).toMatchObject({ totalCount: 100, isMore: true })
  expect((await tagsFound(member, 't')).items).toEqual(['seen/app-7:tx-rare', 'seen/app-0:tz', 'seen/app-1:tz'])
  expect(await tagsFound(member, 't00')).toEqual({ items: [], totalCount: 0, isMore: false })
})

test('what is seldom is found among what is common', async () => {
  const rare = { items: ['seen/app-7:tx-rare'], totalCount: 1, isMore: false }
  expect(await tagsFound(member, 'tx')).toEqual(rare)
  expect(await tagsFound(admin, 'tx')).toEqual(rare)
})

test('an administrator finds all of it', async () => {
  expect((await tagsFound(admin, 't')).items).toEqual(
    [1, 2, 3].map((n) => `test/hidden:t${String(n).padStart(12, '0')}`),
  )
  expect(await tagsFound(admin, 'tz')).toMatchObject({ totalCount: 100, isMore: true })
})

test('a manifest of all repositories is found in some of them', async () => {
  const { manifests } = await searchRegistry(api.ctx, member, { q: digestOfNumber(1), limit: 3 })
  expect(manifests).toMatchObject({ totalCount: 100, isMore: true })
  expect(manifests.items.every(({ repositoryPath, via }) => repositoryPath.startsWith('seen/') && via === null)).toBe(
    true,
  )
})

test('a caller who has too many searches under way is refused another', async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 40 }, () => searchRegistry(api.ctx, member, { q: 'tx', limit: 1 })),
  )
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  expect(refused).toHaveLength(19)
  expect(refused[0]).toMatchObject({ code: 'UNAVAILABLE' })
  expect((await tagsFound(member, 'tx')).items).toHaveLength(1)
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApi, digestOfLetter, openTestApi } from '@/lib/testing/test-api'
import { digestOfNumber, fillRepository } from '@/lib/testing/fill-repository'

const list = '/repositories/{repositoryId}/untagged-manifests'
const oneTag = '/repositories/{repositoryId}/tags/{tag}'
const dayMs = 24 * 3_600_000

let api: TestApi

beforeAll(async () => (api = await openTestApi()))
afterAll(() => api.close())

async function setDays(namespaceId: string, untaggedRetentionDays: number) {
  const answer = await api.call(
    'PATCH',
    '/namespaces/{namespaceId}',
    { namespaceId },
    { body: { untaggedRetentionDays } },
  )
  expect(answer.status).toBe(200)
}

test('the deletion of the last tag says what it frees and when, before and after', async () => {
  const { namespaceId, repositoryId } = await api.makeRepository()
  const digest = digestOfLetter('c')
  await api.pushTag(repositoryId, 'v1', digest)
  await api.pushTag(repositoryId, 'v2', digest)
  const read = (tag: string) => api.call('GET', oneTag, { repositoryId, tag })
  const remove = (tag: string) => api.call('DELETE', oneTag, { repositoryId, tag })
  expect((await read('v1')).json['ifDeleted']).toBeNull()
  expect(await remove('v1')).toMatchObject({ status: 200, json: { untaggedManifest: null } })

  const startedAt = Date.now()
  const effect = { digest, sizeBytes: 1010, keptDays: 14 }
  expect((await read('v2')).json['ifDeleted']).toMatchObject(effect)
  const { untaggedManifest } = (await remove('v2')).json as unknown as { untaggedManifest: { removedAfter: string } }
  expect(untaggedManifest).toMatchObject(effect)
  const kept = Date.parse(untaggedManifest.removedAfter) - startedAt
  expect(kept).toBeGreaterThanOrEqual(14 * dayMs)
  expect(kept).toBeLessThan(14 * dayMs + 60_000)

  await api.pushTag(repositoryId, 'v2', digest)
  await setDays(namespaceId, 0)
  expect((await remove('v2')).json).toEqual({
    untaggedManifest: { digest, sizeBytes: 1010, keptDays: 0, removedAfter: null },
  })
})

test('what an index reaches, or a subject, is not freed by the deletion of its tag', async () => {
  const { repositoryId } = await api.makeRepository()
  const [child, index, referrer] = ['1', '2', '3'].map(digestOfLetter) as [string, string, string]
  await api.pushTag(repositoryId, 'child', child)
  await api.pushTag(repositoryId, 'index', index)
  await api.pushTag(repositoryId, 'referrer', referrer)
  const { prisma } = api.ctx.db
  await prisma.manifestReference.create({
    data: { repositoryId, parentDigest: index, childDigest: child, kind: 'MANIFEST', fingerprint: 'x', count: 1 },
  })
  await prisma.manifest.updateMany({ where: { digest: referrer }, data: { subjectDigest: child } })
  for (const tag of ['child', 'referrer']) {
    expect((await api.call('DELETE', oneTag, { repositoryId, tag })).json).toEqual({ untaggedManifest: null })
  }
  expect((await api.call('DELETE', oneTag, { repositoryId, tag: 'index' })).json).toMatchObject({
    untaggedManifest: { digest: index },
  })
  const { json } = await api.call('GET', list, { repositoryId })
  expect(json.items.map((item) => item['digest'])).toEqual([index])
})

test('the list has what nothing reaches, with size, age and the time of its removal', async () => {
  const { namespaceId, repositoryId } = await api.makeRepository()
  const [tagged, untagged] = [digestOfLetter('a'), digestOfLetter('b')]
  await api.pushTag(repositoryId, 'v1', tagged)
  await api.pushTag(repositoryId, 'v2', untagged)
  await api.call('DELETE', oneTag, { repositoryId, tag: 'v2' })
  const { prisma } = api.ctx.db
  await prisma.manifest.updateMany({ where: { repositoryId }, data: { seenAt: new Date('2020-01-01') } })
  const { createdAt: left } = await prisma.tagEvent.findFirstOrThrow({ where: { repositoryId, kind: 'DELETED' } })
  const answer = await api.call('GET', list, { repositoryId })
  expect(answer.json).toMatchObject({
    totalCount: 1,
    items: [
      {
        digest: untagged,
        sizeBytes: 1010,
        platforms: ['linux/amd64', 'linux/arm64'],
        pushedBy: 'admin',
        unreachedSince: left.toISOString(),
        removedAfter: new Date(left.getTime() + 14 * dayMs).toISOString(),
      },
    ],
  })
  await setDays(namespaceId, 0)
  expect((await api.call('GET', list, { repositoryId })).json.items[0]?.['removedAfter']).toBeNull()
})

test('its pages hold every one once, forth and back, among many that have tags', { timeout: 60_000 }, async () => {
  const { repositoryId } = await api.makeRepository()
  await fillRepository(api.ctx.db, repositoryId, 1000)
  const { prisma } = api.ctx.db
  const numbers = Array.from({ length: 45 }, (_, n) => 1 + n * 22)
  const digests = numbers.map(digestOfNumber)
  await prisma.tag.deleteMany({ where: { repositoryId, digest: { in: digests } } })
  // Some of one time: the digest must decide among them.
  for (const [n, digest] of digests.slice(0, 20).entries()) {
    await prisma.manifest.updateMany({ where: { repositoryId, digest }, data: { seenAt: new Date(Date.now() - n) } })
  }
  const pages: string[][] = []
  let last: string | null
  for (let query = '?pageSize=20'; ;) {
    const { json } = await api.call('GET', list, { repositoryId }, { query })
    expect(json.totalCount).toBe(45)
    pages.push(json.items.map((item) => String(item['digest'])))
    last = json['previousCursor'] as string | null
    if (json.nextCursor === null) break
    query = `?pageSize=20&cursor=${json.nextCursor}`
  }
  expect(pages.map((page) => page.length)).toEqual([20, 20, 5])
  expect(pages.flat().sort()).toEqual(digests.toSorted())
  const back = await api.call('GET', list, { repositoryId }, { query: `?pageSize=20&cursor=${last}` })
  expect(back.json.items.map((item) => item['digest'])).toEqual(pages[1])
})

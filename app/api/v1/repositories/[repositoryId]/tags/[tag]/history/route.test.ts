import { afterEach, beforeEach, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import { digestOfLetter } from '@/lib/testing/test-api'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'

let doors: TestDoors

beforeEach(async () => {
  doors = await openTestDoors()
})
afterEach(() => doors.close())

const path = operations.getTagHistory.path

const historyOf = (tag: string, query = '') => doors.api.call('GET', path, { ...doors.params, tag }, { query })

async function push(tag: string, content: string): Promise<string> {
  const { bytes, digest } = await doors.registry.image(content)
  await doors.registry.pushManifest(tag, bytes, { headers: { 'user-agent': 'docker/27.3.1' } })
  return digest
}

test('the history of a tag has every digest that it had, by whom and from where, and since when it is unchanged', async () => {
  const [one, two] = [await push('v1', 'one'), await push('v1', 'two')]
  await push('v1', 'two')
  await push('v2', 'three')
  const { status, json } = await historyOf('v1')
  expect(status).toBe(200)
  expect(json).toMatchObject({ totalCount: 2, nextCursor: null, currentDigest: two })
  expect(json.items).toMatchObject([
    { kind: 'MOVED', digest: two, previousDigest: one, actor: 'admin', credential: 'password', count: 1 },
    { kind: 'CREATED', digest: one, previousDigest: null, userAgent: 'docker/27.3.1', isManifestPresent: true },
  ])
  expect(json.items[0]?.['address']).toMatch(/127\.0\.0\.1/)
  expect(json['unchangedSince']).toBe(json.items[0]?.['at'])
})

test('it says which manifests are gone, and of a deleted tag what it was', async () => {
  const [one, two] = [await push('v1', 'one'), await push('v1', 'two')]
  await doors.registry.send('DELETE', `/v2/test/example/manifests/${one}`)
  await doors.registry.send('DELETE', '/v2/test/example/manifests/v1')
  const { status, json } = await historyOf('v1')
  expect(status).toBe(200)
  expect(json).toMatchObject({ currentDigest: null, unchangedSince: null, totalCount: 3 })
  expect(json.items).toMatchObject([
    { kind: 'DELETED', digest: two, previousDigest: null, isManifestPresent: true },
    { kind: 'MOVED', digest: two, isManifestPresent: true },
    { kind: 'CREATED', digest: one, isManifestPresent: false },
  ])
  expect((await historyOf('nothing')).status).toBe(404)
})

test('refused pushes are among the entries only where they are asked for', async () => {
  await push('v1', 'one')
  await doors.registry.setImmutable(true)
  const refused = await push('v1', 'two')
  expect((await historyOf('v1')).json.items).toMatchObject([{ kind: 'CREATED' }])
  const { json } = await historyOf('v1', '?withRefusals=true')
  expect(json.items).toMatchObject([
    { kind: 'REFUSED', digest: refused, reason: 'TAG_IMMUTABLE', isManifestPresent: false },
    { kind: 'CREATED' },
  ])
})

test('its pages lead from the newest entry to the oldest, each entry once, however many of other tags there are', async () => {
  const { db } = doors.registry.ctx
  const common = { ...doors.params, repositoryPath: 'test/example', actor: 'admin', credential: '', address: '' }
  const entry = (tag: string, n: number) => {
    const at = new Date(Date.UTC(2026, 0, 1) + n)
    return {
      ...common,
      tag,
      kind: 'MOVED' as const,
      pushedDigest: digestOfLetter('b'),
      userAgent: `${n}`,
      createdAt: at,
      lastAt: at,
    }
  }
  for (let n = 0; n < 7; n += 1) {
    await db.prisma.tagEvent.create({ data: entry('v1', n) })
    await db.prisma.tagEvent.createMany({ data: [entry('v2', n), entry('V1', n)] })
  }
  const seen: unknown[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { json } = await historyOf('v1', `?pageSize=3${cursor === '' ? '' : `&cursor=${cursor}`}`)
    expect(json.totalCount).toBe(7)
    seen.push(...json.items.map((item) => item['userAgent']))
    cursor = json.nextCursor
  }
  expect(seen).toEqual(['6', '5', '4', '3', '2', '1', '0'])
  expect((await historyOf('v1', '?cursor=abc')).json.code).toBe('PAGE_INVALID')
})

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApi, digestOfLetter, openTestApi } from '@/lib/testing/test-api'

const collection = '/repositories/{repositoryId}/tags'
const one = '/repositories/{repositoryId}/tags/{tag}'

let api: TestApi
let repositoryId: string
let instanceId: string

beforeAll(async () => (api = await openTestApi()))
afterAll(() => api.close())

beforeEach(async () => {
  ;({ repositoryId, instanceId } = await api.makeRepository())
  await api.pushTag(repositoryId, 'v1', digestOfLetter('a'))
  await api.pushTag(repositoryId, 'V2_x', digestOfLetter('b'))
  await api.pushTag(repositoryId, 'latest', digestOfLetter('b'))
})

function makeImmutable() {
  return api.call('PATCH', '/repositories/{repositoryId}', { repositoryId }, { body: { tagImmutability: true } })
}

function remove(tag: string, query = '', headers: Record<string, string> = {}) {
  return api.call('DELETE', one, { repositoryId, tag }, { query, headers })
}

describe('reading', () => {
  test('a tag says what it points at; its version is the digest', async () => {
    const answer = await api.call('GET', one, { repositoryId, tag: 'v1' })
    expect(answer.headers.get('etag')).toBe(`"${digestOfLetter('a')}"`)
    expect(answer.json).toMatchObject({
      name: 'v1',
      digest: digestOfLetter('a'),
      platforms: ['linux/amd64', 'linux/arm64'],
      sizeBytes: 1010,
      isProtected: false,
      pushedBy: 'admin',
    })
  })

  test('a size that is too large to be counted does not break the list', async () => {
    const where = { repositoryId, digest: digestOfLetter('a') }
    await api.ctx.db.prisma.manifest.updateMany({ where, data: { totalSizeBytes: 2n ** 60n } })
    const { status, json } = await api.call('GET', collection, { repositoryId }, { query: '?search=v1' })
    expect([status, json.items[0]?.['sizeBytes']]).toEqual([200, Number.MAX_SAFE_INTEGER])
  })

  test('a text of a manifest that is too long for a list is left out of it', async () => {
    await api.ctx.db.prisma.manifest.updateMany({
      where: { repositoryId },
      data: { platforms: 'linux/amd64,'.repeat(100_000), artifactType: `application/${'x'.repeat(1_000_000)}` },
    })
    const { json } = await api.call('GET', collection, { repositoryId })
    expect(json.items.map((tag) => [tag['platforms'], tag['artifactType']])).toEqual([
      [[], null],
      [[], null],
      [[], null],
    ])
    expect(JSON.stringify(json).length).toBeLessThan(2000)
  })

  test('in an immutable repository all tags but latest are protected', async () => {
    await makeImmutable()
    const { json } = await api.call('GET', collection, { repositoryId }, { query: '?sort=name' })
    expect(json.items.map((tag) => [tag.name, tag['isProtected']])).toEqual([
      ['V2_x', true],
      ['latest', false],
      ['v1', true],
    ])
    const tag = await api.call('GET', one, { repositoryId, tag: 'v1' })
    expect(tag.json['isProtected']).toBe(true)
  })

  test.each([
    ['', ['latest', 'V2_x', 'v1']],
    ['?sort=-name', ['v1', 'latest', 'V2_x']],
    ['?sort=pushedAt', ['v1', 'V2_x', 'latest']],
    ['?search=V', ['V2_x', 'v1']],
    ['?search=_', ['V2_x']],
    ['?pageSize=1', ['latest']],
  ])('the list %s', async (query, expected) => {
    const { db } = api.ctx
    for (const [index, name] of ['v1', 'V2_x', 'latest'].entries()) {
      const updatedAt = new Date(1_700_000_000_000 + index)
      await db.prisma.tag.updateMany({ where: { repositoryId, name }, data: { updatedAt } })
    }
    const { json } = await api.call('GET', collection, { repositoryId }, { query })
    expect(json.items.map((tag) => tag.name)).toEqual(expected)
  })

  test('pages by time hold every tag once', async () => {
    const names: string[] = []
    let cursor = ''
    do {
      const { json } = await api.call('GET', collection, { repositoryId }, { query: `?pageSize=1${cursor}` })
      expect(json.totalCount).toBe(3)
      names.push(...json.items.map((tag) => tag.name))
      cursor = json.nextCursor === null ? '' : `&cursor=${json.nextCursor}`
    } while (cursor !== '')
    expect(names.sort()).toEqual(['V2_x', 'latest', 'v1'])
  })

  test('what is not there is not found', async () => {
    expect((await api.call('GET', one, { repositoryId, tag: 'none' })).status).toBe(404)
    expect((await api.call('GET', one, { repositoryId: 'crr-none', tag: 'v1' })).status).toBe(404)
    expect((await api.call('GET', collection, { repositoryId: 'crr-none' })).status).toBe(404)
    expect((await remove('none')).status).toBe(404)
  })
})

describe('deleting', () => {
  test('an unprotected tag goes; its manifest stays, the ledger says who', async () => {
    expect((await remove('v1')).status).toBe(200)
    expect((await remove('v1')).status).toBe(404)
    const { db } = api.ctx
    expect(await db.prisma.manifest.count({ where: { repositoryId } })).toBe(2)
    expect(await db.prisma.tombstone.count({ where: { instanceId } })).toBe(0)
    expect(await db.prisma.tagEvent.findMany({ where: { repositoryId } })).toMatchObject([
      { kind: 'DELETED', tag: 'v1', currentDigest: digestOfLetter('a'), reason: null, actor: 'admin' },
    ])
  })

  test('a protected tag stays without a reason', async () => {
    await makeImmutable()
    const answer = await remove('v1')
    expect(answer.json).toMatchObject({
      status: 409,
      code: 'TAG_UNDELETABLE',
      detail: 'The requested tag is immutable and cannot be deleted.',
    })
    expect((await remove('v1', '?reason=')).status).toBe(400)
    expect((await api.call('GET', one, { repositoryId, tag: 'v1' })).status).toBe(200)
    expect(await api.ctx.db.prisma.tagEvent.count({ where: { repositoryId } })).toBe(0)
    expect((await remove('latest')).status).toBe(200)
  })

  test('a protected tag goes with a reason, which is kept; its name is reserved for its digest', async () => {
    await makeImmutable()
    expect((await remove('v1', '?reason=leaked%20key')).status).toBe(200)
    const { db } = api.ctx
    expect(await db.prisma.tombstone.findMany({ where: { instanceId } })).toMatchObject([
      { repositoryPath: 'test/example', tag: 'v1', digest: digestOfLetter('a'), reason: 'leaked key' },
    ])
    expect(await db.prisma.tagEvent.findMany({ where: { repositoryId } })).toMatchObject([
      { kind: 'DELETED', tag: 'v1', reason: 'leaked key', actor: 'admin', credential: 'TESTKEY000000001' },
    ])
    await expect(api.pushTag(repositoryId, 'v1', digestOfLetter('c'))).rejects.toMatchObject({ code: 'TAG_RESERVED' })
    await api.pushTag(repositoryId, 'v1', digestOfLetter('a'))
  })

  test('not when it points elsewhere meanwhile', async () => {
    const ifMatch = { 'if-match': `"${digestOfLetter('b')}"` }
    expect((await remove('v1', '', ifMatch)).status).toBe(412)
    expect((await remove('V2_x', '', ifMatch)).status).toBe(200)
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemPrincipal } from '@/lib/domain/principal'
import { recordMove } from '@/lib/metadata/ledger'
import { type TestApi, digestOfLetter, openTestApi } from '@/lib/testing/test-api'

const collection = '/instances/{instanceId}/repositories'

let api: TestApi
let instanceId: string
let firstId: string

beforeAll(async () => {
  api = await openTestApi()
  const made = await api.makeRepository('alpha')
  instanceId = made.instanceId
  firstId = made.repositoryId
  await api.call('POST', '/instances/{instanceId}/namespaces', { instanceId }, { body: { name: 'other' } })
  await create({ namespace: 'other', name: 'alpha', tagImmutability: true })
  await create({ namespace: 'test', name: 'beta_x', type: 'PUBLIC' })
  await create({ namespace: 'test', name: 'betaxx/deep', tagImmutability: true })
})
afterAll(() => api.close())

function create(body: object) {
  return api.call('POST', collection, { instanceId }, { body })
}

function list(query = '') {
  return api.call('GET', collection, { instanceId }, { query })
}

async function paths(query = '') {
  const { json } = await list(query)
  expect(json.totalCount).toBe(json.items.length)
  return json.items.map((item) => `${String(item['namespace'])}/${item.name}`)
}

describe('filters', () => {
  test.each([
    ['', ['other/alpha', 'test/alpha', 'test/beta_x', 'test/betaxx/deep']],
    ['?namespace=other', ['other/alpha']],
    ['?namespace=nowhere', []],
    ['?namespace=test&name=alpha', ['test/alpha']],
    ['?name=alph', []],
    ['?search=ST/Bet', ['test/beta_x', 'test/betaxx/deep']],
    ['?search=_x', ['test/beta_x']],
    ['?search=%25', []],
    ['?type=PUBLIC', ['test/beta_x']],
    ['?tagImmutability=true', ['other/alpha', 'test/betaxx/deep']],
    ['?tagImmutability=false&type=PRIVATE', ['test/alpha']],
    ['?immutabilityMode=enforce', ['other/alpha', 'test/betaxx/deep']],
    ['?immutabilityMode=audit', []],
    ['?sort=-name', ['test/betaxx/deep', 'test/beta_x', 'test/alpha', 'other/alpha']],
    ['?sort=createdAt', ['test/alpha', 'other/alpha', 'test/beta_x', 'test/betaxx/deep']],
  ])('%s', async (query, expected) => {
    expect(await paths(query)).toEqual(expected)
  })

  test.each(['?sort=bytes', '?type=public', '?tagImmutability=1', '?q=x'])('%s is refused', async (query) => {
    expect((await list(query)).status).toBe(400)
  })
})

test.each(['x', 'a/b/c', 'l'.repeat(255 - 'other/'.length)])('every name that a push may use: %s', async (name) => {
  const created = await create({ namespace: 'other', name })
  expect(created.status).toBe(201)
  const { id: repositoryId } = created.json
  const query = `?path=other/${name}`
  expect((await api.call('GET', `${collection}/by-name`, { instanceId }, { query })).json.id).toBe(repositoryId)
  expect(await paths(`?namespace=other&name=${name}`)).toEqual([`other/${name}`])
  const changed = await api.call('PATCH', '/repositories/{repositoryId}', { repositoryId }, { body: { summary: 's' } })
  expect(changed.json).toMatchObject({ name, summary: 's' })
  expect((await api.call('DELETE', '/repositories/{repositoryId}', { repositoryId })).status).toBe(204)
})

test('a name that is too long with its namespace is refused, with the field', async () => {
  const { status, json } = await create({ namespace: 'other', name: 'l'.repeat(250) })
  expect(status).toBe(400)
  expect(json).toMatchObject({ errors: [{ path: 'name', message: 'with its namespace at most 255 characters' }] })
})

test('what each holds: tags, the bytes of its blobs and manifests, when it was pushed to', async () => {
  await api.pushTag(firstId, 'v1', digestOfLetter('a'))
  await api.pushTag(firstId, 'v2', digestOfLetter('b'))
  const { db } = api.ctx
  await db.prisma.blob.create({ data: { digest: 'sha256:1', sizeBytes: 5_000_000_000 } })
  await db.prisma.repositoryBlob.create({ data: { repositoryId: firstId, digest: 'sha256:1' } })
  const tags = await db.prisma.tag.findMany({ orderBy: { updatedAt: 'desc' } })
  const repository = { id: firstId, instanceId, path: 'test/alpha' }
  for (const { name: tag, digest, updatedAt: now } of tags) {
    const move = { tag, digest, previousDigest: null, endedReservation: null, now }
    await db.sqlTransaction((tx) => recordMove(tx, repository, systemPrincipal, move))
  }
  const { json } = await list('?namespace=test&name=alpha')
  expect(json.items[0]).toMatchObject({
    tagCount: 2,
    sizeBytes: 5_000_000_020,
    lastPushedAt: tags[0]?.updatedAt.toISOString(),
  })
})

describe('by what each holds', () => {
  test('page after page, there and back, by number, and as the list shows it', async () => {
    const { namespaceId } = await api.makeRepository('holding')
    const { db } = api.ctx
    const held = [
      ['a', 3, 100, 50],
      ['b', 1, 9_000_000_000, 40],
      ['c', 2, 20, null],
      ['d', 2, 3_000, 60],
      ['e', 0, 0, null],
    ] as const
    const base = Date.now() - 100_000
    for (const [name, tagCount, bytes, pushed] of held) {
      const id = `crr-held-${name}`
      const path = `test/held-${name}`
      const settings = { type: 'PRIVATE', summary: '', description: '', updatedBy: 'admin' } as const
      await db.prisma.repository.create({
        data: { ...settings, id, path, name: `held-${name}`, instanceId, namespaceId },
      })
      for (let at = 0; at < tagCount; at += 1) await api.pushTag(id, `v${at}`, digestOfLetter('abc'[at] ?? ''))
      await db.prisma.blob.create({ data: { digest: `sha256:held-${name}`, sizeBytes: bytes } })
      await db.prisma.repositoryBlob.create({ data: { repositoryId: id, digest: `sha256:held-${name}` } })
      const lastPushedAt = pushed === null ? null : new Date(base + pushed * 1000)
      await db.prisma.repositoryTotals.updateMany({ where: { repositoryId: id }, data: { lastPushedAt } })
    }
    for (const [sort, expected] of [
      ['size', 'ecadb'],
      ['tags', 'ebcda'],
      ['lastPushedAt', 'cebad'],
    ] as const) {
      for (const [order, letters] of [
        [sort, expected],
        [`-${sort}`, Array.from(expected).reverse().join('')],
      ] as const) {
        const read = async (page: string) => {
          const { json } = await list(`?search=held-&pageSize=2&sort=${order}${page}`)
          const { items, nextCursor, previousCursor } = json as typeof json & { previousCursor: string | null }
          return { names: items.map(({ name }) => name.slice(-1)).join(''), nextCursor, previousCursor }
        }
        const first = await read('')
        const second = await read(`&cursor=${first.nextCursor}`)
        const third = await read(`&cursor=${second.nextCursor}`)
        expect(first.names + second.names + third.names, order).toBe(letters)
        expect(third.nextCursor).toBeNull()
        expect((await read(`&cursor=${third.previousCursor}`)).names).toBe(second.names)
        expect((await read(`&cursor=${second.previousCursor}`)).names).toBe(first.names)
        expect((await read('&page=2')).names).toBe(second.names)
      }
    }
  })

  test.each(['size', 'lastPushedAt'])('a cursor of another order is refused: %s', async (sort) => {
    const { json } = await list(`?pageSize=1&sort=tags`)
    expect((await list(`?pageSize=1&sort=${sort}&cursor=${json.nextCursor}`)).status).toBe(400)
  })
})

describe('pages', () => {
  async function pages(sort: string, between: () => Promise<unknown> = () => Promise.resolve()) {
    const ids: string[] = []
    let query = `?pageSize=7&search=page-&sort=${sort}`
    for (;;) {
      const { json } = await list(query)
      ids.push(...json.items.map((item) => item.id))
      if (json.nextCursor === null) return ids
      await between()
      query = `?pageSize=7&search=page-&sort=${sort}&cursor=${json.nextCursor}`
    }
  }

  test.each(['name', '-name', 'createdAt', '-createdAt', 'updatedAt', '-updatedAt', 'size', '-tags', 'lastPushedAt'])(
    'by %s together hold every repository once, whatever is made meanwhile',
    async (sort) => {
      const { namespaceId } = await api.makeRepository(`unrelated-${sort.replace('-', 'd').toLowerCase()}`)
      const former = await api.ctx.db.prisma.namespace.findFirstOrThrow({ where: { instanceId, name: 'test' } })
      const settings = { instanceId, type: 'PRIVATE', summary: '', description: '' } as const
      // Many with one and the same time: the path must decide among them.
      const sameTime = new Date()
      const rows = Array.from({ length: 50 }, (_, index) => ({
        ...settings,
        id: `crr-${sort}-${index}`,
        namespaceId: former.id,
        name: `page-${sort}-${index % 10}`.toLowerCase(),
        path: `test/page-${sort}-${index}`.toLowerCase(),
        createdAt: index % 3 === 0 ? sameTime : new Date(sameTime.getTime() + index),
        updatedAt: index % 3 === 0 ? sameTime : new Date(sameTime.getTime() - index),
        updatedBy: 'admin',
      }))
      await api.ctx.db.prisma.repository.createMany({ data: rows })
      let made = 0
      const ids = await pages(sort, async () => {
        made += 1
        const name = `page-${sort.replace('-', 'x').toLowerCase()}-new-${made}`
        expect((await create({ namespace: 'other', name })).status).toBe(201)
      })
      expect(namespaceId).not.toBe(former.id)
      expect(new Set(ids).size).toBe(ids.length)
      for (const row of rows) expect(ids, row.id).toContain(row.id)
      await api.ctx.db.prisma.repository.deleteMany({ where: { instanceId, path: { contains: 'page-' } } })
    },
  )

  test.each([
    'x',
    'bnVsbA',
    Buffer.from('["name","a"]').toString('base64url'),
    Buffer.from('["name",1,"a"]').toString('base64url'),
    Buffer.from('["-name","alpha","test/alpha"]').toString('base64url'),
    Buffer.from('["name","a","b","c"]').toString('base64url'),
  ])('the cursor %s is refused', async (cursor) => {
    const answer = await list(`?cursor=${cursor}`)
    expect(answer.json).toMatchObject({ status: 400, code: 'PAGE_INVALID', errors: [{ path: 'cursor' }] })
  })

  test('a cursor by time must hold a time', async () => {
    const cursor = Buffer.from('["createdAt","yesterday","test/alpha"]').toString('base64url')
    expect((await list(`?sort=createdAt&cursor=${cursor}`)).status).toBe(400)
  })

  test('the last page may be full', async () => {
    const { json } = await list('?pageSize=4&namespace=test')
    expect(json.nextCursor).toBeNull()
    const exact = await list(`?pageSize=${json.items.length}&namespace=test`)
    expect(exact.json).toMatchObject({ nextCursor: null, totalCount: json.items.length })
  })
})

describe('a new repository takes from its namespace what the request leaves out', () => {
  beforeAll(async () => {
    const body = { name: 'strict', defaultRepositoryType: 'PUBLIC', defaultTagImmutability: true }
    await api.call('POST', '/instances/{instanceId}/namespaces', { instanceId }, { body })
  })

  test.each([
    ['strict', {}, 'PUBLIC', true, 'namespace', 'namespace'],
    ['strict', { type: 'PRIVATE' }, 'PRIVATE', true, 'request', 'namespace'],
    ['strict', { tagImmutability: false }, 'PUBLIC', false, 'namespace', 'request'],
    ['strict', { type: 'PUBLIC', tagImmutability: true }, 'PUBLIC', true, 'request', 'request'],
    ['other', {}, 'PRIVATE', false, 'namespace', 'instance'],
    ['other', { type: 'PUBLIC', tagImmutability: true }, 'PUBLIC', true, 'request', 'request'],
  ])('%s with %j', async (namespace, given, type, tagImmutability, typeFrom, immutabilityFrom) => {
    const name = `made${JSON.stringify(given)
      .replace(/[^a-z]+/gi, '')
      .toLowerCase()}`
    const { status, json } = await create({ namespace, name, ...given })
    expect(status).toBe(201)
    expect(json).toMatchObject({
      type,
      tagImmutability,
      settingSources: { type: typeFrom, tagImmutability: immutabilityFrom },
    })
    expect((await list(`?namespace=${namespace}&name=${name}`)).json.items[0]).toMatchObject({ type, tagImmutability })
    const event = await api.ctx.db.prisma.auditEvent.findFirstOrThrow({ where: { targetId: json.id } })
    expect(JSON.parse(event.after ?? '')).toMatchObject({
      ...{ namespace, name, type },
      immutabilityMode: tagImmutability ? 'enforce' : 'off',
      exemptTags: ['latest'],
    })
  })

  test.each([{ type: null }, { tagImmutability: null }, { tagImmutability: 'true' }])(
    '%j is refused',
    async (given) => {
      expect((await create({ namespace: 'strict', name: 'refused', ...given })).status).toBe(400)
    },
  )
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApi, openTestApi, uniqueName } from '@/lib/testing/test-api'

let api: TestApi

beforeEach(async () => (api = await openTestApi()))
afterEach(() => api.close())

const one = '/instances/{instanceId}'

function create(body: object, headers: Record<string, string> = {}) {
  return api.call('POST', '/instances', {}, { body, headers })
}

async function makeInstance(name = uniqueName(), regionId = 'cn-hangzhou') {
  const answer = await create({ name, regionId })
  expect(answer.status).toBe(201)
  return answer
}

describe('making one', () => {
  test('answers it whole, with where it is and its version; reading it answers the same', async () => {
    const made = await create({ name: 'acme', regionId: 'eu-central-1' })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({
      name: 'acme',
      specification: 'Enterprise_Basic',
      isDefault: true,
      endpoints: { internet: 'acme-registry.eu-central-1.localhost:3000' },
      registryHost: 'localhost:3000',
      storageBytes: 0,
    })
    expect(made.headers.get('location')).toBe(`/api/v1/instances/${made.json.id}`)
    const read = await api.call('GET', one, { instanceId: made.json.id })
    expect(read.json).toEqual(made.json)
    expect(read.headers.get('etag')).toBe(made.headers.get('etag'))
  })

  test('the first is the default one, no other is', async () => {
    await makeInstance()
    expect((await makeInstance()).json['isDefault']).toBe(false)
  })

  test('a name is free in another region only', async () => {
    await create({ name: 'acme', regionId: 'cn-hangzhou' })
    const again = await create({ name: 'acme', regionId: 'cn-hangzhou' })
    expect(again.status).toBe(409)
    expect(again.json).toMatchObject({ code: 'ALREADY_EXISTS', errors: [{ path: 'name' }] })
    expect((await create({ name: 'acme', regionId: 'cn-beijing' })).status).toBe(201)
  })

  test.each([
    { name: 'ab', regionId: 'cn-hangzhou' },
    { name: '-abc', regionId: 'cn-hangzhou' },
    { name: 'Acme', regionId: 'cn-hangzhou' },
    { name: 'acme', regionId: 'moon' },
    { name: 'acme' },
    { name: 'acme', regionId: 'cn-hangzhou', isDefault: true },
  ])('%j is refused', async (body) => {
    expect((await create(body)).status).toBe(400)
    expect(await api.ctx.db.prisma.instance.count()).toBe(0)
  })
})

describe('changing one', () => {
  test('a new name gives new host names, a new version, and a record of both', async () => {
    const { json } = await makeInstance('former')
    const params = { instanceId: json.id }
    const renamed = await api.call('PATCH', one, params, { body: { name: 'latter' }, headers: { 'if-match': '"1"' } })
    expect(renamed.status).toBe(200)
    expect(renamed.headers.get('etag')).toBe('"2"')
    expect(renamed.json['endpoints']).toMatchObject({ vpc: 'latter-registry-vpc.cn-hangzhou.localhost:3000' })
    expect(await api.ctx.db.prisma.auditEvent.findFirst({ where: { action: 'UPDATE' } })).toMatchObject({
      targetType: 'INSTANCE',
      targetId: json.id,
      before: '{"name":"former"}',
      after: '{"name":"latter"}',
      actor: 'admin',
      credential: 'TESTKEY000000001',
      address: '192.0.2.7',
    })
  })

  test('the same name is no change; a taken one is refused', async () => {
    await makeInstance('taken')
    const { json } = await makeInstance('mine')
    const params = { instanceId: json.id }
    const same = await api.call('PATCH', one, params, { body: { name: 'mine' } })
    expect(same.headers.get('etag')).toBe('"1"')
    expect((await api.call('PATCH', one, params, { body: { name: 'taken' } })).status).toBe(409)
    expect(await api.ctx.db.prisma.auditEvent.count({ where: { action: 'UPDATE' } })).toBe(0)
  })
})

describe('deleting one', () => {
  test('an empty one goes; the default one stays; one with namespaces stays', async () => {
    const first = await makeInstance()
    const second = await makeInstance()
    const third = await makeInstance()
    const remove = (id: string) => api.call('DELETE', one, { instanceId: id })
    const namespaces = '/instances/{instanceId}/namespaces'
    await api.call('POST', namespaces, { instanceId: third.json.id }, { body: { name: 'test' } })

    expect((await remove(first.json.id)).json.code).toBe('INSTANCE_IS_DEFAULT')
    expect((await remove(third.json.id)).json.code).toBe('NOT_EMPTY')
    expect((await remove(second.json.id)).status).toBe(204)
    expect((await remove(second.json.id)).status).toBe(404)
    expect(await api.ctx.db.prisma.instance.count()).toBe(2)
    expect(await api.ctx.db.prisma.auditEvent.findFirst({ where: { action: 'DELETE' } })).toMatchObject({
      targetId: second.json.id,
      after: null,
    })
  })

  test('not when it has changed meanwhile', async () => {
    await makeInstance()
    const { json } = await makeInstance()
    const params = { instanceId: json.id }
    const headers = { 'if-match': '"7"' }
    expect((await api.call('DELETE', one, params, { headers })).status).toBe(412)
    expect((await api.call('DELETE', one, params, { headers: { 'if-match': '"7", "1"' } })).status).toBe(204)
  })
})

describe('listing', () => {
  test('by region, by part of the name in any case, by id; a wildcard is a letter like others', async () => {
    const a = await makeInstance('alpha-one')
    await makeInstance('beta-one', 'cn-beijing')
    const names = async (query: string) =>
      (await api.call('GET', '/instances', {}, { query })).json.items.map((item) => item.name)
    expect(await names('')).toEqual(['alpha-one', 'beta-one'])
    expect(await names('?regionId=cn-beijing')).toEqual(['beta-one'])
    expect(await names('?search=ALPHA')).toEqual(['alpha-one'])
    expect(await names(`?search=${a.json.id}`)).toEqual(['alpha-one'])
    expect(await names('?search=alpha_one')).toEqual([])
    expect(await names('?search=%25')).toEqual([])
    expect(await names('?search=%5C')).toEqual([])
    expect(await names("?search='")).toEqual([])
  })

  test('what it holds: namespaces, repositories, tags, distinct blobs', async () => {
    const { instanceId, repositoryId } = await api.makeRepository('one')
    const other = await api.call(
      'POST',
      '/instances/{instanceId}/repositories',
      { instanceId },
      { body: { namespace: 'test', name: 'two' } },
    )
    await api.pushTag(repositoryId, 'v1')
    await api.pushTag(repositoryId, 'v2')
    const { db } = api.ctx
    const blobs = [
      { digest: 'sha256:1', sizeBytes: 100 },
      { digest: 'sha256:2', sizeBytes: 3_000_000_000_000 },
    ]
    await db.prisma.blob.createMany({ data: blobs })
    await db.prisma.repositoryBlob.createMany({
      data: [
        { repositoryId, digest: 'sha256:1' },
        { repositoryId, digest: 'sha256:2' },
        { repositoryId: other.json.id, digest: 'sha256:1' },
      ],
    })
    await makeInstance('empty-one')
    const { json } = await api.call('GET', '/instances')
    const totals = json.items.map(({ namespaceCount, repositoryCount, tagCount, storageBytes }) => [
      namespaceCount,
      repositoryCount,
      tagCount,
      storageBytes,
    ])
    expect(totals.sort()).toEqual([
      [0, 0, 0, 0],
      [1, 2, 2, 3_000_000_000_100],
    ])
    const regions = await api.call('GET', '/regions')
    expect(regions.json.items.find((region) => region.id === 'cn-hangzhou')?.['instanceCount']).toBe(2)
  })
})

describe('a POST with an Idempotency-Key', () => {
  const key = { 'idempotency-key': 'k-1' }

  test('answers its repetition the same, and makes one thing', async () => {
    const body = { name: 'acme', regionId: 'cn-hangzhou' }
    const first = await create(body, key)
    const second = await create(body, key)
    expect(second.status).toBe(201)
    expect(second.json).toEqual(first.json)
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect(second.headers.get('etag')).toBe('"1"')
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'))
    expect(await api.ctx.db.prisma.instance.count()).toBe(1)
    expect(await api.ctx.db.prisma.auditEvent.count({ where: { targetName: 'acme' } })).toBe(1)
  })

  test('repeated at the same time makes one thing, and every answer is that one', async () => {
    const body = { name: 'acme', regionId: 'cn-hangzhou' }
    const answers = await Promise.all(Array.from({ length: 12 }, () => create(body, key)))
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.json.id}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(201)
    expect(await api.ctx.db.prisma.instance.count()).toBe(1)
  })

  test('is refused for another request with that key', async () => {
    await create({ name: 'acme', regionId: 'cn-hangzhou' }, key)
    const other = await create({ name: 'other', regionId: 'cn-hangzhou' }, key)
    expect(other.status).toBe(422)
    expect(other.json.code).toBe('IDEMPOTENCY_CONFLICT')
    expect(await api.ctx.db.prisma.instance.count()).toBe(1)
  })

  test('keeps no refusal: a repetition tries again', async () => {
    const { json } = await create({ name: 'acme', regionId: 'cn-hangzhou' })
    await create({ name: 'other', regionId: 'cn-hangzhou' })
    const body = { name: 'other', regionId: 'cn-hangzhou' }
    expect((await create(body, key)).status).toBe(409)
    expect(await api.ctx.db.prisma.idempotencyRecord.count()).toBe(0)
    await api.ctx.db.prisma.instance.deleteMany({ where: { id: { not: json.id } } })
    expect((await create(body, key)).status).toBe(201)
  })

  test('is forgotten after a day', async () => {
    await create({ name: 'acme', regionId: 'cn-hangzhou' }, key)
    const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000 - 1)
    await api.ctx.db.prisma.idempotencyRecord.updateMany({ data: { createdAt: yesterday } })
    expect((await create({ name: 'other', regionId: 'cn-hangzhou' }, key)).status).toBe(201)
    expect(await api.ctx.db.prisma.idempotencyRecord.count()).toBe(1)
  })

  test.each(['has space', 'ü', 'x'.repeat(256)])('takes no key like %s', async (value) => {
    const answer = await create({ name: 'acme', regionId: 'cn-hangzhou' }, { 'idempotency-key': value })
    expect(answer.status).toBe(400)
  })
})

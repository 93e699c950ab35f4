import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApi, openTestApi, uniqueName } from '@/lib/testing/test-api'

let api: TestApi
let instanceId: string

beforeAll(async () => {
  api = await openTestApi()
  instanceId = (await api.makeRepository()).instanceId
})
afterAll(() => api.close())

const collection = '/instances/{instanceId}/namespaces'
const one = '/namespaces/{namespaceId}'

function create(body: object, id = instanceId) {
  return api.call('POST', collection, { instanceId: id }, { body })
}

test('a namespace is made with its defaults, read, changed and deleted', async () => {
  const made = await create({ name: 'team.a', defaultTagImmutability: true })
  expect(made.json).toMatchObject({
    instanceId,
    autoCreateRepository: false,
    defaultRepositoryType: 'PRIVATE',
    defaultTagImmutability: true,
    acceptSparseManifests: false,
    repositoryCount: 0,
  })
  const params = { namespaceId: made.json.id }
  expect((await api.call('GET', one, params)).json).toEqual(made.json)

  const body = { autoCreateRepository: true, defaultTagImmutability: true, acceptSparseManifests: true }
  const changed = await api.call('PATCH', one, params, { body, headers: { 'if-match': '"1"' } })
  expect(changed.headers.get('etag')).toBe('"2"')
  expect(changed.json).toMatchObject(body)
  const stale = { body: { autoCreateRepository: false }, headers: { 'if-match': '"1"' } }
  expect((await api.call('PATCH', one, params, stale)).status).toBe(412)
  const { db } = api.ctx
  expect(await db.prisma.auditEvent.findFirst({ where: { targetId: made.json.id, action: 'UPDATE' } })).toMatchObject({
    before: '{"autoCreateRepository":false,"acceptSparseManifests":false}',
    after: '{"autoCreateRepository":true,"acceptSparseManifests":true}',
  })

  expect((await api.call('DELETE', one, params, { headers: { 'if-match': '"1"' } })).status).toBe(412)
  expect((await api.call('DELETE', one, params, { headers: { 'if-match': '"2"' } })).status).toBe(204)
  expect((await api.call('GET', one, params)).status).toBe(404)
})

test('for how long untagged manifests are kept is 14 days unless it is set, and its change is recorded', async () => {
  const { json } = await create({ name: 'keeping' })
  expect(json['untaggedRetentionDays']).toBe(14)
  const params = { namespaceId: json.id }
  for (const untaggedRetentionDays of [0, 3650]) {
    const changed = await api.call('PATCH', one, params, { body: { untaggedRetentionDays } })
    expect(changed.json).toMatchObject({ untaggedRetentionDays })
  }
  const event = await api.ctx.db.prisma.auditEvent.findFirst({ where: { targetId: json.id, action: 'UPDATE' } })
  expect(event).toMatchObject({ before: '{"untaggedRetentionDays":14}', after: '{"untaggedRetentionDays":0}' })
  for (const untaggedRetentionDays of [-1, 3651, 1.5, '14', null]) {
    expect((await api.call('PATCH', one, params, { body: { untaggedRetentionDays } })).status).toBe(400)
  }
})

describe('what is refused', () => {
  test.each(['a', 'Team', 'a/b', '-a', 'a-', 'a__b_', 'x'.repeat(121)])('the name %s', async (name) => {
    const answer = await create({ name })
    expect(answer.status).toBe(400)
    expect(answer.json.errors[0]?.path).toBe('name')
  })

  test('a name that the instance has, but not one that another instance has', async () => {
    const other = await api.call('POST', '/instances', {}, { body: { name: uniqueName(), regionId: 'cn-hangzhou' } })
    expect((await create({ name: 'test' })).json.code).toBe('ALREADY_EXISTS')
    expect((await create({ name: 'test' }, other.json.id)).status).toBe(201)
  })

  test('an instance that does not exist', async () => {
    expect((await create({ name: 'team' }, 'cri-none')).status).toBe(404)
    expect((await api.call('GET', collection, { instanceId: 'cri-none' })).status).toBe(404)
  })

  test('a new name: it is part of the address of every image', async () => {
    const made = await create({ name: uniqueName() })
    const answer = await api.call('PATCH', one, { namespaceId: made.json.id }, { body: { name: 'other' } })
    expect(answer.status).toBe(400)
  })

  test('its deletion while it has repositories', async () => {
    const { json } = await api.call('GET', collection, { instanceId }, { query: '?search=test' })
    expect(json.items[0]).toMatchObject({ name: 'test', repositoryCount: 1 })
    const answer = await api.call('DELETE', one, { namespaceId: json.items[0]?.id ?? '' })
    expect(answer.status).toBe(409)
    expect(answer.json.code).toBe('NOT_EMPTY')
  })
})

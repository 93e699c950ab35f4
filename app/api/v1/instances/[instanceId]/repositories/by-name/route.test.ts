import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'

const byName = '/instances/{instanceId}/repositories/by-name'

let api: TestApi
let instanceId: string
let repositoryId: string

beforeAll(async () => {
  api = await openTestApi()
  ;({ instanceId, repositoryId } = await api.makeRepository('web/shop'))
})
afterAll(() => api.close())

function find(path: string, instance = instanceId) {
  return api.call('GET', byName, { instanceId: instance }, { query: `?path=${encodeURIComponent(path)}` })
}

test('a repository is read by its name as it is by its id, with the same ETag', async () => {
  const byId = await api.call('GET', '/repositories/{repositoryId}', { repositoryId })
  const found = await find('test/web/shop')
  expect([found.status, found.json]).toEqual([200, byId.json])
  expect(found.headers.get('etag')).toBe(byId.headers.get('etag'))
})

test('its ETag is that of a change, and another one after it', async () => {
  const etag = (await find('test/web/shop')).headers.get('etag') ?? ''
  const change = (summary: string) =>
    api.call(
      'PATCH',
      '/repositories/{repositoryId}',
      { repositoryId },
      { body: { summary }, headers: { 'if-match': etag } },
    )
  expect((await change('changed')).status).toBe(200)
  expect((await change('changed again')).status).toBe(412)
  expect((await find('test/web/shop')).headers.get('etag')).not.toBe(etag)
})

describe('there is no repository by', () => {
  test.each(['test/web', 'web/shop', 'test/web/shop/', 'TEST/web/shop', 'test', '', '/', '%', "test/web/shop' OR 1=1"])(
    '%j',
    async (path) => {
      const answer = await find(path)
      expect([answer.status, answer.json.code]).toEqual([404, 'NOT_FOUND'])
    },
  )

  test('a name that another instance has', async () => {
    const other = await api.makeRepository('elsewhere')
    expect((await find('test/web/shop', other.instanceId)).status).toBe(404)
    expect((await find('test/elsewhere', other.instanceId)).status).toBe(200)
  })
})

test.each(['', '?path=test%2Fweb%2Fshop&name=x', '?path=a&path=b', '?path=%00'])(
  'query %j is refused',
  async (query) => {
    expect((await api.call('GET', byName, { instanceId }, { query })).status).toBe(400)
  },
)

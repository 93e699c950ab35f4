import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestRegistry, basic, startTestRegistry } from '@/lib/testing/test-registry'

let registry: TestRegistry
let close: () => Promise<void>

const other = { host: 'other-registry.cn-shanghai.localhost:5000' }

beforeAll(async () => {
  ;({ registry, close } = await startTestRegistry())
  const { db } = registry.ctx
  const { id: example } = await db.prisma.instance.findFirstOrThrow()
  const settings = { specification: 'Enterprise_Basic', isDefault: false }
  await db.prisma.instance.create({ data: { id: 'cri-other', name: 'other', regionId: 'cn-shanghai', ...settings } })
  await registry.shareAdministratorPassword('cri-other')
  await makeRepositories(example, 'crn-a', 'a', ['b', 'b/z', 'b-c', 'b.c'])
  await makeRepositories('cri-other', 'crn-other', 'theirs', ['app'])
})
afterAll(() => close())

async function makeRepositories(instanceId: string, namespaceId: string, namespace: string, names: string[]) {
  const { db } = registry.ctx
  const defaults = {
    autoCreateRepository: false,
    defaultRepositoryType: 'PRIVATE',
  } as const
  await db.prisma.namespace.create({ data: { id: namespaceId, instanceId, name: namespace, ...defaults } })
  const settings = {
    type: 'PRIVATE',
    summary: '',
    description: '',
    updatedBy: 'admin',
  } as const
  for (const [index, name] of names.entries()) {
    const id = `crr-${namespace}${index}`
    const path = `${namespace}/${name}`
    await db.prisma.repository.create({ data: { id, instanceId, namespaceId, name, path, ...settings } })
  }
}

function repositoriesOf(answer: { json: Record<string, unknown> }) {
  return answer.json['repositories']
}

describe('_catalog', () => {
  test.each([
    ['', ['a/b', 'a/b-c', 'a/b.c', 'a/b/z', 'test/example']],
    ['?n=100000', ['a/b', 'a/b-c', 'a/b.c', 'a/b/z', 'test/example']],
    ['?n=5', ['a/b', 'a/b-c', 'a/b.c', 'a/b/z', 'test/example']],
    ['?n=0', []],
    ['?last=a/b.c', ['a/b/z', 'test/example']],
    ['?last=a%2Fb.', ['a/b.c', 'a/b/z', 'test/example']],
    ['?last=a/b%00', ['a/b-c', 'a/b.c', 'a/b/z', 'test/example']],
    ['?last=test/example', []],
  ])('%o lists the repositories in byte order, and nothing follows', async (query, repositories) => {
    const answer = await registry.send('GET', `/v2/_catalog${query}`)
    expect([answer.status, answer.headers['content-type'], answer.headers.link]).toEqual([
      200,
      'application/json',
      undefined,
    ])
    expect(answer.json).toEqual({ repositories })
  })

  test('its pages lead to each other', async () => {
    const seen: unknown[] = []
    let next = '/v2/_catalog?n=2'
    while (next !== '') {
      const answer = await registry.send('GET', next)
      seen.push(repositoriesOf(answer))
      next = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link))?.[1] ?? ''
    }
    expect(seen).toEqual([['a/b', 'a/b-c'], ['a/b.c', 'a/b/z'], ['test/example']])
  })

  test.each(['?n=-1', '?n=x', '?n=1.5', '?n=%20'])('%s is no number of repositories', async (query) => {
    expect((await registry.send('GET', `/v2/_catalog${query}`)).status).toBe(400)
  })

  test('is that of the instance the host names; a host of no instance has no credentials', async () => {
    expect(repositoriesOf(await registry.send('GET', '/v2/_catalog', { headers: other }))).toEqual(['theirs/app'])
    const nowhere = { host: 'nobody-registry.cn-shanghai.localhost' }
    expect((await registry.send('GET', '/v2/_catalog', { headers: nowhere })).status).toBe(401)
  })

  test('is empty for a member without grants, and closed to who proves nothing', async () => {
    await registry.addUser('member', 'member-password')
    const headers = { authorization: basic('member', 'member-password') }
    expect(repositoriesOf(await registry.send('GET', '/v2/_catalog', { headers }))).toEqual([])
    expect((await registry.send('GET', '/v2/_catalog', { anonymous: true })).status).toBe(401)
  })
})

test('a blob is mounted from repositories of the same instance only, named or not', async () => {
  const digest = await registry.pushBlob('in the default instance')
  const uploads = '/v2/theirs/app/blobs/uploads/'
  for (const query of [`?mount=${digest}&from=test/example`, `?mount=${digest}`]) {
    const answer = await registry.send('POST', uploads + query, { headers: other })
    expect(answer.status).toBe(202)
  }
  expect((await registry.send('HEAD', `/v2/theirs/app/blobs/${digest}`, { headers: other })).status).toBe(404)
  expect((await registry.send('HEAD', '/v2/theirs/app/tags/list')).status).toBe(404)
  expect((await registry.send('HEAD', '/v2/theirs/app/tags/list', { headers: other })).status).toBe(200)
})

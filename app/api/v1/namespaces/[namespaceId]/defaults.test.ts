import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRepositoryOnPush } from '@/lib/metadata/repositories'
import { type TestApi, openTestApi, uniqueName } from '@/lib/testing/test-api'

/* The immutability policy of a new repository, by the defaults of its instance and its namespace (docs/immutability.md). */

let api: TestApi
let instanceId: string
const latest = ['latest']

beforeAll(async () => {
  api = await openTestApi()
  const made = await api.call('POST', '/instances', {}, { body: { name: uniqueName(), regionId: 'cn-hangzhou' } })
  instanceId = made.json.id
})
afterAll(() => api.close())

async function setInstance(defaultImmutability: object) {
  const answer = await api.call('PATCH', '/instances/{instanceId}', { instanceId }, { body: { defaultImmutability } })
  expect(answer.status).toBe(200)
  return answer.json['defaultImmutability']
}

async function makeNamespace(body: object = {}) {
  const given = { name: uniqueName(), autoCreateRepository: true, ...body }
  const made = await api.call('POST', '/instances/{instanceId}/namespaces', { instanceId }, { body: given })
  expect(made.status).toBe(201)
  return made.json
}

function change(namespaceId: string, body: object) {
  return api.call('PATCH', '/namespaces/{namespaceId}', { namespaceId }, { body })
}

/** The policies that a POST and a push give to new repositories of a namespace. */
async function policiesOfNew(namespace: { id: string; [field: string]: unknown }) {
  const name = String(namespace['name'])
  const body = { namespace: name, name: 'posted' }
  const posted = await api.call('POST', '/instances/{instanceId}/repositories', { instanceId }, { body })
  const pushed = await api.ctx.db.sqlTransaction((tx) =>
    createRepositoryOnPush(tx, { instanceId, namespace: name, name: 'pushed', createdBy: 'admin' }),
  )
  const repositoryId = String(pushed?.id)
  const read = await api.call('GET', '/repositories/{repositoryId}', { repositoryId })
  return [posted.json['immutability'], read.json['immutability']]
}

test('the instance decides for namespaces without a default, and later changes do not touch what exists', async () => {
  expect(await setInstance({ mode: 'audit', exemptTags: ['dev-*'] })).toEqual({ mode: 'audit', exemptTags: ['dev-*'] })
  const namespace = await makeNamespace()
  const policy = { mode: 'audit', exemptTags: ['dev-*'], source: 'instance' }
  expect(namespace).toMatchObject({ defaultTagImmutability: false, defaultImmutability: policy })
  expect(await policiesOfNew(namespace)).toEqual([policy, policy])

  expect(await setInstance({ mode: 'enforce' })).toEqual({ mode: 'enforce', exemptTags: ['dev-*'] })
  const namespaceId = namespace.id
  const later = await api.call('GET', '/namespaces/{namespaceId}', { namespaceId })
  expect(later.json).toMatchObject({
    defaultTagImmutability: true,
    defaultImmutability: { ...policy, mode: 'enforce' },
  })
  const query = `?namespace=${namespace['name']}`
  const list = await api.call('GET', '/instances/{instanceId}/repositories', { instanceId }, { query })
  expect(list.json.items.map((one) => one['immutability'])).toEqual([policy, policy])
})

test('a namespace has its own default until null; the list, the answer and the audit trail show it', async () => {
  await setInstance({ mode: 'off', exemptTags: latest })
  const namespace = await makeNamespace({ defaultImmutability: { mode: 'enforce' } })
  const own = { mode: 'enforce', exemptTags: latest, source: 'namespace' }
  expect(namespace).toMatchObject({ defaultTagImmutability: true, defaultImmutability: own })
  await setInstance({ exemptTags: ['nightly'] })
  expect(await policiesOfNew(namespace)).toEqual([own, own])
  const query = `?search=${namespace['name']}`
  const list = await api.call('GET', '/instances/{instanceId}/namespaces', { instanceId }, { query })
  expect(list.json.items.map((one) => one['defaultImmutability'])).toEqual([own])

  const changed = await change(namespace.id, { defaultImmutability: null })
  const inherited = { mode: 'off', exemptTags: ['nightly'], source: 'instance' }
  expect(changed.json).toMatchObject({ defaultTagImmutability: false, defaultImmutability: inherited })
  const where = { targetId: namespace.id, action: 'UPDATE' } as const
  expect(await api.ctx.db.prisma.auditEvent.findFirstOrThrow({ where })).toMatchObject({
    before: '{"defaultImmutabilityMode":"enforce","defaultExemptTags":["latest"]}',
    after: '{"defaultImmutabilityMode":null,"defaultExemptTags":null}',
  })
})

test('the check box of a namespace changes the mode, keeps the exempt tags, and says nothing new with the mode that is', async () => {
  await setInstance({ mode: 'off', exemptTags: ['dev-*'] })
  const namespace = await makeNamespace({ defaultTagImmutability: false })
  const inherited = { mode: 'off', exemptTags: ['dev-*'], source: 'instance' }
  expect(namespace['defaultImmutability']).toEqual(inherited)
  const states = []
  for (const body of [
    { defaultTagImmutability: false },
    { defaultTagImmutability: true },
    { defaultTagImmutability: false },
  ]) {
    states.push((await change(namespace.id, body)).json['defaultImmutability'])
  }
  const own = { ...inherited, source: 'namespace' }
  expect(states).toEqual([inherited, { ...own, mode: 'enforce' }, own])
  const pinned = await change(namespace.id, { defaultImmutability: { exemptTags: [] } })
  expect(pinned.json['defaultImmutability']).toEqual({ ...own, exemptTags: [] })
})

test.each([
  [{ defaultTagImmutability: true, defaultImmutability: { mode: 'audit' } }, 'defaultImmutability'],
  [{ defaultTagImmutability: true, defaultImmutability: null }, 'defaultImmutability'],
  [{ defaultImmutability: { exemptTags: ['a b'] } }, 'defaultImmutability.exemptTags.0'],
])('%j is refused beside %s', async (body, path) => {
  const namespace = await makeNamespace()
  expect((await change(namespace.id, body)).json).toMatchObject({ status: 400, errors: [{ path }] })
})

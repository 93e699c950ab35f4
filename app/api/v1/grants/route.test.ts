import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApi, basic, openTestApi, uniqueName } from '@/lib/testing/test-api'

let api: TestApi
/** One repository `test/example`, its namespace and its instance. */
let place: { instanceId: string; namespaceId: string; repositoryId: string }
/** Another repository of the same namespace. */
let siblingId: string
/** A repository of another instance. */
let elsewhere: typeof place

beforeAll(async () => {
  api = await openTestApi()
  place = await api.makeRepository()
  elsewhere = await api.makeRepository()
  siblingId = (
    await api.call('POST', '/instances/{instanceId}/repositories', place, {
      body: { namespace: 'test', name: 'sibling' },
    })
  ).json.id
})
afterAll(() => api.close())

const collection = '/grants'
const one = '/grants/{grantId}'

interface TestUser {
  id: string
  name: string
  /** Of an access key. */
  headers: { authorization: string }
}

/** Makes a member with an access key. */
async function makeUser(name = uniqueName()): Promise<TestUser> {
  const { db, secrets } = api.ctx
  const { id } = await db.prisma.user.create({
    data: { id: `usr-${name}`, name, role: 'MEMBER', passwordHash: 'hash' },
  })
  const key = `KEY${id}`
  await db.prisma.accessKey.create({ data: { id: key, userId: id, sealedSecret: secrets.seal('secret', key) } })
  return { id, name, headers: { authorization: basic(key, 'secret') } }
}

async function makeRobot(instanceId: string, name = uniqueName()): Promise<string> {
  const robot = { id: `rob-${name}`, instanceId, name, secretHash: 'hash', createdBy: 'admin' }
  return (await api.ctx.db.prisma.robot.create({ data: robot })).id
}

interface As {
  headers?: Record<string, string>
}

function grant(subjectId: string, scopeId: string, permission: string, { headers = {} }: As = {}) {
  return api.call('POST', collection, {}, { body: { subjectId, scopeId, permission }, headers })
}

function change(grantId: string, permission: string, headers: Record<string, string> = {}) {
  return api.call('PATCH', one, { grantId }, { body: { permission }, headers })
}

function revoke(grantId: string, headers: Record<string, string> = {}) {
  return api.call('DELETE', one, { grantId }, { headers })
}

async function listed(query: string, { headers = {} }: As = {}): Promise<string[]> {
  const { status, json } = await api.call('GET', collection, {}, { query: `?pageSize=100&${query}`, headers })
  expect(status).toBe(200)
  expect(json.totalCount).toBe(json.items.length)
  return json.items.map((item) => {
    const { subject, scope } = item as unknown as { subject: { name: string }; scope: { type: string } }
    return `${subject.name} ${scope.type} ${item['permission'] as string}`
  })
}

function lastAuditEvent(targetId: string) {
  return api.ctx.db.prisma.auditEvent.findFirst({ where: { targetId }, orderBy: { id: 'desc' } })
}

test('a grant is made, read, changed and revoked, and the record says what was and is', async () => {
  const user = await makeUser('li.na')
  const made = await grant(user.id, place.repositoryId, 'PULL')
  expect(made.status).toBe(201)
  expect(made.headers.get('location')).toBe(`/api/v1/grants/${made.json.id}`)
  expect(made.json).toMatchObject({
    id: expect.stringMatching(/^grt-/) as string,
    subject: { type: 'USER', id: user.id, name: 'li.na', description: '', isDisabled: false },
    scope: {
      type: 'REPOSITORY',
      id: place.repositoryId,
      ...place,
      namespace: 'test',
      repository: 'example',
      regionId: 'cn-hangzhou',
    },
    permission: 'PULL',
    createdBy: 'admin',
    isManageable: true,
  })
  const { id } = made.json
  expect((await api.call('GET', one, { grantId: id })).json).toEqual(made.json)
  const ids = { subjectId: user.id, scopeId: place.repositoryId }
  expect(await lastAuditEvent(id)).toMatchObject({
    action: 'CREATE',
    targetType: 'GRANT',
    targetName: 'li.na on test/example',
    instanceId: place.instanceId,
    before: null,
    after: JSON.stringify({ ...ids, permission: 'PULL' }),
  })

  expect((await change(id, 'PUSH', { 'if-match': '"1"' })).headers.get('etag')).toBe('"2"')
  expect((await change(id, 'PULL', { 'if-match': '"1"' })).status).toBe(412)
  expect(await lastAuditEvent(id)).toMatchObject({
    action: 'UPDATE',
    before: '{"permission":"PULL"}',
    after: '{"permission":"PUSH"}',
  })
  expect((await change(id, 'PUSH')).headers.get('etag')).toBe('"2"')

  expect((await revoke(id, { 'if-match': '"1"' })).status).toBe(412)
  expect((await revoke(id, { 'if-match': '"2"' })).status).toBe(204)
  expect((await api.call('GET', one, { grantId: id })).status).toBe(404)
  expect(await lastAuditEvent(id)).toMatchObject({
    action: 'DELETE',
    before: JSON.stringify({ ...ids, permission: 'PUSH' }),
    after: null,
  })
})

test('what is granted works at once, and what is revoked stops at once', async () => {
  const user = await makeUser()
  const read = () => api.call('GET', '/repositories/{repositoryId}', place, { headers: user.headers })
  const write = () =>
    api.call('PATCH', '/repositories/{repositoryId}', place, {
      body: { summary: uniqueName() },
      headers: user.headers,
    })
  expect((await read()).status).toBe(404)
  const { json } = await grant(user.id, place.namespaceId, 'PULL')
  expect((await read()).status).toBe(200)
  expect((await write()).status).toBe(403)
  await change(json.id, 'MANAGE')
  expect((await write()).status).toBe(200)
  await revoke(json.id)
  expect((await write()).status).toBe(404)
})

test('of several grants the furthest counts, and each can be taken away alone', async () => {
  const user = await makeUser()
  const read = () => api.call('GET', '/repositories/{repositoryId}', place, { headers: user.headers })
  const wide = await grant(user.id, place.instanceId, 'PULL')
  const narrow = await grant(user.id, place.repositoryId, 'MANAGE')
  expect((await read()).json).toMatchObject({ access: 'MANAGE' })
  await revoke(narrow.json.id)
  expect((await read()).json).toMatchObject({ access: 'PULL' })
  await revoke(wide.json.id)
  expect((await read()).status).toBe(404)
})

describe('the list', () => {
  let far: typeof place
  let user: TestUser
  let robotId: string

  beforeAll(async () => {
    far = await api.makeRepository()
    user = await makeUser('zoe')
    robotId = await makeRobot(far.instanceId, 'builder')
    await grant(user.id, far.instanceId, 'PULL')
    await grant(user.id, far.repositoryId, 'MANAGE')
    await grant(robotId, far.namespaceId, 'PUSH')
    await grant(user.id, elsewhere.instanceId, 'PUSH')
  })

  test('of an instance shows what is granted on it, on its namespaces and on its repositories', async () => {
    const found = await listed(`scopeId=${far.instanceId}`)
    expect(found[0]).toBe('robot+builder NAMESPACE PUSH')
    expect(found.slice(1).sort()).toEqual(['zoe INSTANCE PULL', 'zoe REPOSITORY MANAGE'])
  })

  test('of a namespace and of a repository shows what is granted within', async () => {
    expect((await listed(`scopeId=${far.namespaceId}`)).sort()).toEqual([
      'robot+builder NAMESPACE PUSH',
      'zoe REPOSITORY MANAGE',
    ])
    expect(await listed(`scopeId=${far.repositoryId}`)).toEqual(['zoe REPOSITORY MANAGE'])
  })

  test('shows who reaches a repository, through which grant', async () => {
    expect((await listed(`scopeId=${far.repositoryId}&relation=reaching`)).sort()).toEqual([
      'robot+builder NAMESPACE PUSH',
      'zoe INSTANCE PULL',
      'zoe REPOSITORY MANAGE',
    ])
    expect((await listed(`scopeId=${far.namespaceId}&relation=reaching`)).sort()).toEqual([
      'robot+builder NAMESPACE PUSH',
      'zoe INSTANCE PULL',
    ])
  })

  test('of a user or a robot, of a kind, of a permission, by part of the name', async () => {
    expect(await listed(`subjectId=${user.id}`)).toHaveLength(3)
    const within = `scopeId=${far.instanceId}`
    expect(await listed(`${within}&subjectType=ROBOT`)).toEqual(['robot+builder NAMESPACE PUSH'])
    expect(await listed(`${within}&permission=PULL`)).toEqual(['zoe INSTANCE PULL'])
    expect(await listed(`${within}&search=BUILD`)).toEqual(['robot+builder NAMESPACE PUSH'])
  })

  test('of what does not exist is empty', async () => {
    expect(await listed('scopeId=crr-none')).toEqual([])
    expect(await listed('subjectId=usr-none')).toEqual([])
  })

  test.each(['subject', '-subject', 'createdAt', '-createdAt'])('in pages, by %s', async (sort) => {
    const found: string[] = []
    let cursor = ''
    do {
      const query = `?scopeId=${far.instanceId}&pageSize=1&sort=${sort}${cursor}`
      const { json } = await api.call('GET', collection, {}, { query })
      expect(json.totalCount).toBe(3)
      found.push(...json.items.map(({ id }) => id))
      cursor = json.nextCursor === null ? '' : `&cursor=${json.nextCursor}`
    } while (cursor !== '')
    expect(new Set(found).size).toBe(3)
  })
})

describe('a member with MANAGE', () => {
  let manager: TestUser
  let other: TestUser
  let onNamespace: string

  beforeAll(async () => {
    manager = await makeUser('manager')
    other = await makeUser('other')
    onNamespace = (await grant(manager.id, place.namespaceId, 'MANAGE')).json.id
    await grant(other.id, place.instanceId, 'PULL')
  })

  test('grants, changes and revokes on that thing and below', async () => {
    for (const scopeId of [place.namespaceId, place.repositoryId, siblingId]) {
      const made = await grant(other.id, scopeId, 'MANAGE', manager)
      expect(made.status).toBe(201)
      expect(made.json).toMatchObject({ createdBy: 'manager', isManageable: true })
      expect((await change(made.json.id, 'PULL', manager.headers)).status).toBe(200)
      expect((await revoke(made.json.id, manager.headers)).status).toBe(204)
    }
  })

  test('grants nothing above, beside or elsewhere, to nobody and not to themselves', async () => {
    for (const subject of [other, manager]) {
      const above = await grant(subject.id, place.instanceId, 'PULL', manager)
      expect(above.json.code).toBe('DENIED')
      for (const scopeId of Object.values(elsewhere)) {
        expect((await grant(subject.id, scopeId, 'PULL', manager)).json.code).toBe('NOT_FOUND')
      }
    }
  })

  test('sees the grants on that thing and below, and their own; of others nothing', async () => {
    const hidden = await grant(other.id, elsewhere.repositoryId, 'PULL')
    const own = await grant(manager.id, place.instanceId, 'PULL')
    const shown = await grant(other.id, siblingId, 'PULL')
    expect((await listed('', manager)).sort()).toEqual([
      'manager INSTANCE PULL',
      'manager NAMESPACE MANAGE',
      'other REPOSITORY PULL',
    ])
    expect((await api.call('GET', one, { grantId: shown.json.id }, manager)).status).toBe(200)
    expect((await api.call('GET', one, { grantId: own.json.id }, manager)).json).toMatchObject({ isManageable: false })
    expect((await api.call('GET', one, { grantId: hidden.json.id }, manager)).status).toBe(404)

    expect((await change(hidden.json.id, 'PUSH', manager.headers)).status).toBe(404)
    expect((await revoke(hidden.json.id, manager.headers)).status).toBe(404)
    // Their own on the instance, where they may not manage.
    expect((await change(own.json.id, 'MANAGE', manager.headers)).json.code).toBe('DENIED')
    expect((await revoke(own.json.id, manager.headers)).json.code).toBe('DENIED')
    for (const { json } of [hidden, own, shown]) await revoke(json.id)
  })

  test('finds whom to grant something to: users, and robots of that instance only', async () => {
    await makeRobot(place.instanceId, 'here')
    await makeRobot(elsewhere.instanceId, 'there')
    const find = (scopeId: string, search: string) =>
      api.call('GET', '/grant-subjects', {}, { query: `?scopeId=${scopeId}&search=${search}`, ...manager })
    const names = async (search: string) => (await find(place.repositoryId, search)).json.items.map(({ name }) => name)
    expect(await names('robot%2B')).toEqual(['robot+here'])
    expect(await names('OTHER')).toEqual(['other'])
    const first = await api.call(
      'GET',
      '/grant-subjects',
      {},
      {
        query: `?scopeId=${place.repositoryId}&pageSize=1`,
        ...manager,
      },
    )
    expect(first.json.nextCursor).not.toBeNull()
    const second = await api.call(
      'GET',
      '/grant-subjects',
      {},
      {
        query: `?scopeId=${place.repositoryId}&pageSize=1&cursor=${first.json.nextCursor}`,
        ...manager,
      },
    )
    expect(second.json.items[0]?.name).not.toBe(first.json.items[0]?.name)
    expect((await find(place.instanceId, '')).json.code).toBe('DENIED')
    expect((await find(elsewhere.repositoryId, '')).json.code).toBe('NOT_FOUND')
  })

  test('who has PUSH only grants nothing and sees their own grants only', async () => {
    const pusher = await makeUser()
    const { json } = await grant(pusher.id, place.namespaceId, 'PUSH')
    expect((await grant(pusher.id, place.repositoryId, 'PULL', pusher)).json.code).toBe('DENIED')
    expect((await change(json.id, 'MANAGE', pusher.headers)).json.code).toBe('DENIED')
    expect(await listed('', pusher)).toEqual([`${pusher.name} NAMESPACE PUSH`])
    expect((await change(onNamespace, 'PULL', pusher.headers)).status).toBe(404)
  })

  test('whose own is lowered by themselves cannot raise it again', async () => {
    const lowering = await makeUser()
    const { json } = await grant(lowering.id, siblingId, 'MANAGE')
    expect((await change(json.id, 'PULL', lowering.headers)).json).toMatchObject({
      permission: 'PULL',
      isManageable: false,
    })
    expect((await change(json.id, 'MANAGE', lowering.headers)).json.code).toBe('DENIED')
  })

  test('whose own is revoked at the same moment either was in time or is refused', async () => {
    for (let round = 0; round < 5; round += 1) {
      const leaving = await makeUser()
      const subject = await makeUser()
      const { json } = await grant(leaving.id, siblingId, 'MANAGE')
      const [revoked, made] = await Promise.all([revoke(json.id), grant(subject.id, siblingId, 'PULL', leaving)])
      expect(revoked.status).toBe(204)
      expect([201, 404]).toContain(made.status)
      if (made.status === 404) continue
      const ids = [json.id, made.json.id]
      const events = await api.ctx.db.prisma.auditEvent.findMany({
        where: { targetId: { in: ids } },
        orderBy: { id: 'asc' },
      })
      expect(events.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
        'admin CREATE',
        `${leaving.name} CREATE`,
        'admin DELETE',
      ])
    }
  })
})

describe('what is refused', () => {
  test('a second grant of the same subject on the same thing, also at the same moment', async () => {
    const user = await makeUser()
    const answers = await Promise.all(['PULL', 'PUSH', 'MANAGE'].map((p) => grant(user.id, siblingId, p)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    const refused = answers.find(({ status }) => status === 409)
    expect(refused?.json.code).toBe('ALREADY_EXISTS')
    expect(refused?.json.errors[0]?.path).toBe('subjectId')
  })

  test('a robot of another instance, a user that does not exist', async () => {
    const robotId = await makeRobot(elsewhere.instanceId)
    for (const subjectId of [robotId, 'usr-none', place.repositoryId]) {
      const answer = await grant(subjectId, place.repositoryId, 'PULL')
      expect(answer.status).toBe(400)
      expect(answer.json.errors[0]?.path).toBe('subjectId')
    }
    expect((await grant(robotId, elsewhere.repositoryId, 'PULL')).status).toBe(201)
  })

  test('a scope that does not exist, and a permission that is none', async () => {
    const user = await makeUser()
    expect((await grant(user.id, 'crr-none', 'PULL')).status).toBe(404)
    expect((await grant(user.id, user.id, 'PULL')).status).toBe(404)
    expect((await grant(user.id, siblingId, 'READ')).json.errors[0]?.path).toBe('permission')
  })

  test('everything, to whoever is not logged on', async () => {
    expect((await api.call('GET', collection, {}, { anonymous: true })).status).toBe(401)
    const query = `?scopeId=${siblingId}`
    expect((await api.call('GET', '/grant-subjects', {}, { query, anonymous: true })).status).toBe(401)
  })
})

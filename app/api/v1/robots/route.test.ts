import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApi, type TestCall, basic, openTestApi, uniqueName } from '@/lib/testing/test-api'
import { hashToken } from '@/lib/secrets/token-hash'
import type { Permission } from '@/lib/domain/access'
import { createId } from '@/lib/domain/ids'

let api: TestApi
let scopes: { readonly instanceId: string; readonly namespaceId: string; readonly repositoryId: string }

beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.close())

beforeEach(async () => {
  scopes = await api.makeRepository()
})

const ofInstance = '/instances/{instanceId}/robots'
const one = '/robots/{robotId}'
const secretOf = '/robots/{robotId}/secret'

function create(body: object = {}, call: TestCall = {}) {
  return api.call('POST', ofInstance, scopes, { body: { name: uniqueName(), ...body }, ...call })
}

function stored(id: string) {
  return api.ctx.db.prisma.robot.findUniqueOrThrow({ where: { id } })
}

/** A member who is granted something, with an access key. */
async function makeMember(scopeId: string, permission: Permission) {
  const { db, secrets } = api.ctx
  const name = uniqueName()
  const id = createId('user')
  await db.prisma.user.create({ data: { id, name, role: 'MEMBER', passwordHash: '' } })
  await db.prisma.accessKey.create({ data: { id: name, userId: id, sealedSecret: secrets.seal('the-secret', name) } })
  const body = { subjectId: id, scopeId, permission }
  expect((await api.call('POST', '/grants', {}, { body })).status).toBe(201)
  return { name, headers: { authorization: basic(name, 'the-secret') } }
}

async function logOn(robotId: string) {
  await api.ctx.db.prisma.refreshToken.create({
    data: {
      tokenHash: hashToken(uniqueName()),
      instanceId: scopes.instanceId,
      robotId,
      expiresAt: new Date(Date.now() + 60_000),
    },
  })
}

function tomorrow(): string {
  return new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString()
}

describe('a robot', () => {
  test('is made with a secret that is shown once and stored as an argon2id hash', async () => {
    const expiresAt = tomorrow()
    const made = await create({ name: 'ci.build', description: 'Builds', expiresAt })
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe(`/api/v1/robots/${made.json.id}`)
    const { secret, ...shown } = made.json
    expect(secret).toMatch(/^[A-Za-z0-9]{43}$/)
    expect(shown).toMatchObject({
      instanceId: scopes.instanceId,
      regionId: 'cn-hangzhou',
      name: 'ci.build',
      userName: 'robot+ci.build',
      description: 'Builds',
      isDisabled: false,
      expiresAt,
      lastUsedAt: null,
      lastUsedAddress: null,
      createdBy: 'admin',
    })
    const { secretHash } = await stored(made.json.id)
    expect(secretHash).toMatch(/^\$argon2id\$/)
    expect(await api.ctx.passwords.verify(secretHash, secret as string)).toBe(true)
    const read = await api.call('GET', one, { robotId: made.json.id })
    expect(read.json).toEqual(shown)
    expect(read.headers.get('etag')).toBe(made.headers.get('etag'))
  })

  test('is changed by who read it last, disabled and enabled, and made to last for ever', async () => {
    const { id: robotId } = (await create({ expiresAt: tomorrow() })).json
    const disabled = await api.call(
      'PATCH',
      one,
      { robotId },
      { body: { isDisabled: true }, headers: { 'if-match': '"1"' } },
    )
    expect(disabled.json).toMatchObject({ isDisabled: true })
    expect(disabled.headers.get('etag')).toBe('"2"')
    const stale = { body: { description: 'x' }, headers: { 'if-match': '"1"' } }
    expect((await api.call('PATCH', one, { robotId }, stale)).status).toBe(412)
    const changed = await api.call('PATCH', one, { robotId }, { body: { isDisabled: false, expiresAt: null } })
    expect(changed.json).toMatchObject({ isDisabled: false, expiresAt: null })
    const same = await api.call('PATCH', one, { robotId }, { body: { isDisabled: false } })
    expect(same.headers.get('etag')).toBe(changed.headers.get('etag'))
    expect((await api.call('PATCH', one, { robotId }, { body: { name: 'other' } })).status).toBe(400)
  })

  test('expires at a time with an offset; null clears what can be cleared, and nothing else', async () => {
    const created = await create({ description: 'of the build', expiresAt: '2999-01-01T08:00:00+08:00' })
    expect(created.json).toMatchObject({ expiresAt: '2999-01-01T00:00:00.000Z' })
    const robotId = created.json.id
    const change = (body: object) => api.call('PATCH', one, { robotId }, { body })
    expect((await change({ description: null, expiresAt: null })).json).toMatchObject({
      description: '',
      expiresAt: null,
    })
    const refused = await change({ isDisabled: null })
    expect(refused.json).toMatchObject({ status: 400, errors: [{ path: 'isDisabled' }] })
    for (const expiresAt of ['2999-01-01', '9999-12-31T23:59:59-01:00', '2999-01-01T00:00:00']) {
      expect((await change({ expiresAt })).json).toMatchObject({ status: 400, errors: [{ path: 'expiresAt' }] })
    }
  })

  test('has to log on again once it was disabled', async () => {
    const { id: robotId } = (await create()).json
    await logOn(robotId)
    await api.call('PATCH', one, { robotId }, { body: { description: 'still on' } })
    expect(await api.ctx.db.prisma.refreshToken.count({ where: { robotId } })).toBe(1)
    await api.call('PATCH', one, { robotId }, { body: { isDisabled: true } })
    expect(await api.ctx.db.prisma.refreshToken.count({ where: { robotId } })).toBe(0)
  })

  test('gets a new secret: the old one, and what was logged on with it, is worth nothing from then on', async () => {
    const made = (await create()).json
    await logOn(made.id)
    const rotated = await api.call('POST', secretOf, { robotId: made.id })
    expect(rotated.status).toBe(200)
    expect(rotated.headers.get('etag')).toBe('"2"')
    const { secretHash } = await stored(made.id)
    expect(rotated.json['secret']).not.toBe(made['secret'])
    expect(await api.ctx.passwords.verify(secretHash, rotated.json['secret'] as string)).toBe(true)
    expect(await api.ctx.passwords.verify(secretHash, made['secret'] as string)).toBe(false)
    expect(await api.ctx.db.prisma.refreshToken.count({ where: { robotId: made.id } })).toBe(0)
  })

  test('gets as many new secrets as are asked for at the same time, and the last one works', async () => {
    const { id: robotId } = (await create()).json
    const answers = await Promise.all([1, 2, 3].map(() => api.call('POST', secretOf, { robotId })))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
    const last = answers.find((answer) => answer.headers.get('etag') === '"4"')
    expect(await api.ctx.passwords.verify((await stored(robotId)).secretHash, last?.json['secret'] as string)).toBe(
      true,
    )
  })

  test('is deleted with its grants by who read it last', async () => {
    const grants = [{ scopeId: scopes.namespaceId, permission: 'PUSH' }]
    const { id: robotId } = (await create({ grants })).json
    expect((await api.call('DELETE', one, { robotId }, { headers: { 'if-match': '"7"' } })).status).toBe(412)
    expect((await api.call('DELETE', one, { robotId }, { headers: { 'if-match': '"1"' } })).status).toBe(204)
    expect((await api.call('GET', one, { robotId })).status).toBe(404)
    expect(await api.ctx.db.prisma.grant.count({ where: { subjectId: robotId } })).toBe(0)
  })

  test('leaves audit events of all of it, without a secret', async () => {
    const made = (await create({ name: 'audited' })).json
    const params = { robotId: made.id }
    await api.call('PATCH', one, params, { body: { isDisabled: true } })
    const rotated = await api.call('POST', secretOf, params)
    await api.call('DELETE', one, params)
    const where = { targetType: 'ROBOT', targetId: made.id }
    const events = await api.ctx.db.prisma.auditEvent.findMany({ where, orderBy: { id: 'asc' } })
    expect(events.map(({ action, before, after }) => ({ action, before, after }))).toEqual([
      {
        action: 'CREATE',
        before: null,
        after: '{"name":"audited","description":"","expiresAt":null,"arePullsCounted":true}',
      },
      { action: 'UPDATE', before: '{"isDisabled":false}', after: '{"isDisabled":true}' },
      { action: 'UPDATE', before: '{}', after: '{"secretChanged":true}' },
      {
        action: 'DELETE',
        before: '{"name":"audited","description":"","expiresAt":null,"isDisabled":true}',
        after: null,
      },
    ])
    expect(events[0]).toMatchObject({ targetName: 'robot+audited', instanceId: scopes.instanceId, actor: 'admin' })
    const all = JSON.stringify(await api.ctx.db.prisma.auditEvent.findMany())
    for (const secret of [made['secret'], rotated.json['secret']]) expect(all).not.toContain(secret)
    expect(all).not.toContain('argon2')
  })
})

describe('the grants of a new robot', () => {
  test('are made with it', async () => {
    const grants = [
      { scopeId: scopes.instanceId, permission: 'PULL' },
      { scopeId: scopes.namespaceId, permission: 'PUSH' },
      { scopeId: scopes.repositoryId, permission: 'MANAGE' },
    ]
    const { id } = (await create({ grants })).json
    const select = { scopeId: true, permission: true }
    const made = await api.ctx.db.prisma.grant.findMany({
      where: { robotId: id },
      select,
      orderBy: { permission: 'asc' },
    })
    expect(new Set(made.map((grant) => JSON.stringify(grant)))).toEqual(
      new Set(grants.map((grant) => JSON.stringify(grant))),
    )
    expect(
      await api.ctx.db.prisma.auditEvent.count({
        where: { targetType: 'GRANT', targetName: { startsWith: 'robot+' } },
      }),
    ).toBeGreaterThanOrEqual(3)
  })

  test.each([
    ['on another instance', async () => (await api.makeRepository()).instanceId],
    ["on another instance's repository", async () => (await api.makeRepository()).repositoryId],
    ['on what does not exist', () => 'crr-none'],
  ])('%s are refused, and the robot with them', async (_, scopeOf) => {
    const name = uniqueName()
    const grants = [
      { scopeId: scopes.instanceId, permission: 'PULL' },
      { scopeId: await scopeOf(), permission: 'PULL' },
    ]
    const answer = await create({ name, grants })
    expect(answer.status).toBe(400)
    expect(answer.json.errors[0]?.path).toBe('grants.1.scopeId')
    expect(await api.ctx.db.prisma.robot.count({ where: { name } })).toBe(0)
  })

  test('twice on the same are refused', async () => {
    const grant = { scopeId: scopes.instanceId, permission: 'PULL' }
    expect((await create({ grants: [grant, { ...grant, permission: 'PUSH' }] })).json.errors[0]?.path).toBe(
      'grants.1.scopeId',
    )
  })
})

describe('who may', () => {
  test('who may manage an instance manages its robots, and those of no other', async () => {
    const { headers, name } = await makeMember(scopes.instanceId, 'MANAGE')
    const made = await create({ grants: [{ scopeId: scopes.namespaceId, permission: 'PUSH' }] }, { headers })
    expect(made.status).toBe(201)
    expect(made.json['createdBy']).toBe(name)
    const params = { robotId: made.json.id }
    expect((await api.call('GET', ofInstance, scopes, { headers })).json.totalCount).toBe(1)
    expect((await api.call('GET', one, params, { headers })).status).toBe(200)
    expect((await api.call('PATCH', one, params, { body: { isDisabled: true }, headers })).status).toBe(200)
    expect((await api.call('POST', secretOf, params, { headers })).status).toBe(200)
    expect((await api.call('DELETE', one, params, { headers })).status).toBe(204)

    const mine = scopes
    scopes = await api.makeRepository()
    const foreign = (await create()).json
    expect((await api.call('GET', ofInstance, scopes, { headers })).status).toBe(404)
    const grants = [{ scopeId: scopes.instanceId, permission: 'PULL' }]
    const body = { name: uniqueName(), grants }
    expect((await api.call('POST', ofInstance, mine, { body, headers })).status).toBe(400)
    await expectNotThere(foreign.id, headers)
  })

  test.each(['PULL', 'PUSH'] as const)(
    '%s on the instance is not enough: there are no robots then',
    async (permission) => {
      const { headers } = await makeMember(scopes.instanceId, permission)
      const made = (await create()).json
      expect((await api.call('GET', ofInstance, scopes, { headers })).status).toBe(403)
      expect((await create({}, { headers })).status).toBe(403)
      await expectNotThere(made.id, headers)
    },
  )

  test('MANAGE on a namespace is not enough', async () => {
    const { headers } = await makeMember(scopes.namespaceId, 'MANAGE')
    const made = (await create()).json
    expect((await api.call('GET', ofInstance, scopes, { headers })).status).toBe(403)
    await expectNotThere(made.id, headers)
  })

  test('the list of all is for administrators', async () => {
    const { headers } = await makeMember(scopes.instanceId, 'MANAGE')
    const { id, name } = (await create()).json
    expect((await api.call('GET', '/robots', {}, { headers })).status).toBe(403)
    const { json } = await api.call('GET', '/robots', {}, { query: `?search=${name}` })
    expect(json.items.find((item) => item.id === id)).toMatchObject({ instanceId: scopes.instanceId })
  })

  async function expectNotThere(robotId: string, headers: Readonly<Record<string, string>>) {
    const before = await stored(robotId)
    expect((await api.call('GET', one, { robotId }, { headers })).status).toBe(404)
    expect((await api.call('PATCH', one, { robotId }, { body: { isDisabled: true }, headers })).status).toBe(404)
    expect((await api.call('POST', secretOf, { robotId }, { headers })).status).toBe(404)
    expect((await api.call('DELETE', one, { robotId }, { headers })).status).toBe(404)
    expect(await stored(robotId)).toEqual(before)
  }
})

describe('what is refused', () => {
  test.each(['a', 'Robot', 'a+b', '-a', 'a.', 'x'.repeat(65), 'robot ci', 'a/b'])('the name %s', async (name) => {
    expect((await create({ name })).json.errors[0]?.path).toBe('name')
  })

  test('a name that the instance has, but not one that another instance has', async () => {
    expect((await create({ name: 'taken' })).status).toBe(201)
    expect((await create({ name: 'taken' })).json.code).toBe('ALREADY_EXISTS')
    scopes = await api.makeRepository()
    expect((await create({ name: 'taken' })).status).toBe(201)
  })

  test.each(['2020-01-01T00:00:00.000Z', 'tomorrow', '2030-01-01'])('the expiry %s', async (expiresAt) => {
    expect((await create({ expiresAt })).json.errors[0]?.path).toBe('expiresAt')
    const { id: robotId } = (await create()).json
    const changed = await api.call('PATCH', one, { robotId }, { body: { expiresAt } })
    expect(changed.json.errors[0]?.path).toBe('expiresAt')
  })
})

test('robots are listed by name, page by page', async () => {
  for (const name of ['robot-b', 'robot-c', 'robot-a']) await create({ name })
  const first = await api.call('GET', ofInstance, scopes, { query: '?pageSize=2' })
  expect(first.json.items.map((robot) => robot.name)).toEqual(['robot-a', 'robot-b'])
  const second = await api.call('GET', ofInstance, scopes, { query: `?pageSize=2&cursor=${first.json.nextCursor}` })
  expect(second.json.items.map((robot) => robot.name)).toEqual(['robot-c'])
  expect([second.json.nextCursor, second.json.totalCount]).toEqual([null, 3])
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApi, basic, openTestApi, uniqueName } from '@/lib/testing/test-api'

let api: TestApi
let adminId: string

beforeAll(async () => {
  api = await openTestApi()
  adminId = (await list('?search=admin')).items[0]?.id ?? ''
})
afterAll(() => api.close())

const collection = '/users'
const one = '/users/{userId}'
const password = 'a-password-of-a-test'

function create(body: object) {
  return api.call('POST', collection, {}, { body: { name: uniqueName(), password, ...body } })
}

async function list(query: string) {
  return (await api.call('GET', collection, {}, { query })).json
}

function change(userId: string, body: object, headers: Record<string, string> = {}) {
  return api.call('PATCH', one, { userId }, { body, headers })
}

/** Gives a user an access key; answers its `Authorization`. */
async function keyOf(userId: string): Promise<string> {
  const id = `KEY${userId.slice(4)}`
  const secret = 'secret-of-a-test-key'
  await api.ctx.db.prisma.accessKey.create({ data: { id, userId, sealedSecret: api.ctx.secrets.seal(secret, id) } })
  return basic(id, secret)
}

/** Gives a user a session. */
async function startSession(userId: string): Promise<void> {
  const now = new Date()
  const expiresAt = new Date(now.getTime() + 60_000)
  const times = { createdAt: now, lastSeenAt: now, expiresAt }
  const id = `ses-${uniqueName()}`
  await api.ctx.db.prisma.session.create({ data: { id, tokenHash: id, userId, address: '', userAgent: '', ...times } })
}

function countSessions(userId: string): Promise<number> {
  return api.ctx.db.prisma.session.count({ where: { userId } })
}

function lastAuditEvent(targetId: string) {
  return api.ctx.db.prisma.auditEvent.findFirst({ where: { targetId }, orderBy: { id: 'desc' } })
}

test('a user is made, read, changed and deleted, and the record says what was and is', async () => {
  const made = await create({ name: 'li.na', displayName: '李娜' })
  expect(made.status).toBe(201)
  expect(made.headers.get('location')).toBe(`/api/v1/users/${made.json.id}`)
  expect(made.json).toEqual({
    id: expect.stringMatching(/^usr-/) as string,
    name: 'li.na',
    displayName: '李娜',
    role: 'MEMBER',
    isDisabled: false,
    hasSecondFactor: false,
    grantCount: 0,
    arePullsCounted: true,
    awaitsPassword: false,
    invitation: null,
    lastLogOnAt: null,
    createdAt: expect.any(String) as string,
    updatedAt: expect.any(String) as string,
  })
  const { id } = made.json
  expect((await api.call('GET', one, { userId: id })).json).toEqual(made.json)
  expect(await lastAuditEvent(id)).toMatchObject({
    action: 'CREATE',
    targetType: 'USER',
    targetName: 'li.na',
    actor: 'admin',
    before: null,
    after: '{"name":"li.na","displayName":"李娜","role":"MEMBER","isDisabled":false}',
  })

  const changed = await change(id, { role: 'ADMINISTRATOR', displayName: '李娜' }, { 'if-match': '"1"' })
  expect(changed.headers.get('etag')).toBe('"2"')
  expect(changed.json).toMatchObject({ role: 'ADMINISTRATOR', displayName: '李娜' })
  expect((await change(id, { role: 'MEMBER' }, { 'if-match': '"1"' })).status).toBe(412)
  expect(await lastAuditEvent(id)).toMatchObject({
    action: 'UPDATE',
    before: '{"role":"MEMBER"}',
    after: '{"role":"ADMINISTRATOR"}',
  })

  expect((await api.call('DELETE', one, { userId: id }, { headers: { 'if-match': '"1"' } })).status).toBe(412)
  expect((await api.call('DELETE', one, { userId: id }, { headers: { 'if-match': '"2"' } })).status).toBe(204)
  expect((await api.call('GET', one, { userId: id })).status).toBe(404)
  expect(await lastAuditEvent(id)).toMatchObject({
    action: 'DELETE',
    before: '{"name":"li.na","displayName":"李娜","role":"ADMINISTRATOR","isDisabled":false}',
    after: null,
  })
})

test('a change that changes nothing writes nothing', async () => {
  const { json } = await create({ displayName: 'Same' })
  const events = await api.ctx.db.prisma.auditEvent.count()
  const answer = await change(json.id, { displayName: 'Same', isDisabled: false })
  expect(answer.headers.get('etag')).toBe('"1"')
  expect(await api.ctx.db.prisma.auditEvent.count()).toBe(events)
})

test('a user logs on with the password they were made with, and no answer or record shows it', async () => {
  const made = await create({})
  const stored = await api.ctx.db.prisma.user.findUniqueOrThrow({ where: { id: made.json.id } })
  expect(await api.ctx.passwords.verify(stored.passwordHash ?? '', password)).toBe(true)
  expect(stored.passwordHash).toMatch(/^\$argon2id\$/)
  const told = JSON.stringify([made.json, await lastAuditEvent(made.json.id)])
  expect(told).not.toContain(password)
  expect(told).not.toContain('argon2')
})

test('a new password takes the place of the old one, ends the user’s sessions, and leaves those of others', async () => {
  const [{ json: user }, { json: other }] = [await create({}), await create({})]
  for (const { id } of [user, user, other]) await startSession(id)
  const answer = await change(user.id, { password: 'another-password-1' })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('etag')).toBe('"2"')
  expect(await countSessions(user.id)).toBe(0)
  expect(await countSessions(other.id)).toBe(1)
  const { passwordHash } = await api.ctx.db.prisma.user.findUniqueOrThrow({ where: { id: user.id } })
  expect(await api.ctx.passwords.verify(passwordHash ?? '', 'another-password-1')).toBe(true)
  expect(await api.ctx.passwords.verify(passwordHash ?? '', password)).toBe(false)
  const event = await lastAuditEvent(user.id)
  expect(event).toMatchObject({ action: 'UPDATE', before: '{}', after: '{"isPasswordNew":true}' })
})

test('a disabled user is out at once, and is in again when enabled, but for the sessions', async () => {
  const { json } = await create({ role: 'ADMINISTRATOR' })
  const authorization = await keyOf(json.id)
  await startSession(json.id)
  const call = () => api.call('GET', collection, {}, { headers: { authorization } })
  expect((await call()).status).toBe(200)
  expect((await change(json.id, { isDisabled: true })).json).toMatchObject({ isDisabled: true })
  expect(await countSessions(json.id)).toBe(0)
  expect((await call()).status).toBe(401)
  await change(json.id, { isDisabled: false })
  expect((await call()).status).toBe(200)
})

test('disabling a user ends what clients keep in place of their credentials: enabled again, they log on anew', async () => {
  const { json } = await create({})
  const { instanceId } = await api.makeRepository()
  const { db } = api.ctx
  const expiresAt = new Date(Date.now() + 60_000)
  const temporaryToken = { id: uniqueName(), tokenHash: uniqueName(), userId: json.id, instanceId, expiresAt }
  await db.prisma.temporaryToken.create({ data: temporaryToken })
  for (const bearer of [{ userId: json.id }, { temporaryTokenId: temporaryToken.id }]) {
    await db.prisma.refreshToken.create({ data: { tokenHash: uniqueName(), instanceId, expiresAt, ...bearer } })
  }
  const kept = () => db.prisma.refreshToken.count({ where: { instanceId } })
  await api.call('PATCH', one, { userId: json.id }, { body: { displayName: 'Still here' } })
  expect(await kept()).toBe(2)
  await api.call('PATCH', one, { userId: json.id }, { body: { isDisabled: true } })
  expect(await kept()).toBe(0)
})

test('another password takes the one of the first start from the registry too, and no other', async () => {
  const { json } = await create({})
  const { db } = api.ctx
  const [first, second] = [await api.makeRepository(), await api.makeRepository()].map(({ instanceId }) => instanceId)
  const { passwordHash } = await db.prisma.user.findUniqueOrThrow({ where: { id: json.id } })
  const set = { userId: json.id, updatedAt: new Date() }
  await db.prisma.registryPassword.create({
    data: { ...set, instanceId: first ?? '', passwordHash: passwordHash ?? '' },
  })
  await db.prisma.registryPassword.create({ data: { ...set, instanceId: second ?? '', passwordHash: 'of its own' } })
  expect((await api.call('PATCH', one, { userId: json.id }, { body: { password: 'a-second-password' } })).status).toBe(
    200,
  )
  const left = await db.prisma.registryPassword.findMany({ where: { userId: json.id } })
  expect(left.map(({ instanceId }) => instanceId)).toEqual([second])
  expect((await lastAuditEvent(json.id))?.after).toContain('"registryPasswordsRemoved":1')
})

test('search finds letters beyond ASCII as they are written', async () => {
  const { json } = await create({ displayName: 'Östergård 李娜' })
  for (const text of ['Öst', 'gård', '李', 'STERG']) {
    expect((await list(`?search=${encodeURIComponent(text)}`)).items.map(({ id }) => id)).toContain(json.id)
  }
})

test('a deleted user leaves no grant, session or credential behind, and the record keeps the grants', async () => {
  const { json } = await create({})
  const { instanceId } = await api.makeRepository()
  await api.call('POST', '/grants', {}, { body: { subjectId: json.id, scopeId: instanceId, permission: 'PUSH' } })
  expect((await api.call('GET', one, { userId: json.id })).json).toMatchObject({ grantCount: 1 })
  await keyOf(json.id)
  await startSession(json.id)
  await api.ctx.db.prisma.registryPassword.create({
    data: { userId: json.id, instanceId, passwordHash: 'hash', updatedAt: new Date() },
  })
  expect((await api.call('DELETE', one, { userId: json.id })).status).toBe(204)
  const { db } = api.ctx
  expect(await db.prisma.grant.count({ where: { subjectId: json.id } })).toBe(0)
  expect(await countSessions(json.id)).toBe(0)
  expect(await db.prisma.accessKey.count({ where: { userId: json.id } })).toBe(0)
  expect(await db.prisma.registryPassword.count({ where: { userId: json.id } })).toBe(0)
  const event = await lastAuditEvent(json.id)
  const lost = `"grants":[{"subject":"${json.name}","scopeId":"${instanceId}","permission":"PUSH"}],"grantCount":1`
  expect(event?.before).toContain(lost)
})

test('the second factor shows once it is confirmed', async () => {
  const { json } = await create({})
  const factor = { userId: json.id, sealedSecret: 'sealed', createdAt: new Date() }
  await api.ctx.db.prisma.secondFactor.create({ data: factor })
  expect((await api.call('GET', one, { userId: json.id })).json).toMatchObject({ hasSecondFactor: false })
  await api.ctx.db.prisma.secondFactor.update({ where: { userId: json.id }, data: { confirmedAt: new Date() } })
  expect((await api.call('GET', one, { userId: json.id })).json).toMatchObject({ hasSecondFactor: true })
  expect((await list(`?search=${json.name}`)).items[0]).toMatchObject({ hasSecondFactor: true })
})

describe('there is always an enabled administrator', () => {
  let own: TestApi
  let ownAdminId: string

  beforeAll(async () => {
    own = await openTestApi()
    ownAdminId = (await own.call('GET', collection)).json.items[0]?.id ?? ''
  })
  afterAll(() => own.close())

  test('the last one cannot be demoted; with another one, they can', async () => {
    const params = { userId: ownAdminId }
    const demote = () => own.call('PATCH', one, params, { body: { role: 'MEMBER' } })
    expect((await demote()).json.code).toBe('LAST_ADMINISTRATOR')

    // One that is disabled does not count.
    const body = { name: 'second', password, role: 'ADMINISTRATOR', isDisabled: true }
    const second = await own.call('POST', collection, {}, { body })
    expect((await demote()).json.code).toBe('LAST_ADMINISTRATOR')
    await own.call('PATCH', one, { userId: second.json.id }, { body: { isDisabled: false } })
    expect((await demote()).status).toBe(200)
    expect((await own.call('GET', collection)).status).toBe(403)
    await own.ctx.db.prisma.user.update({ where: { id: ownAdminId }, data: { role: 'ADMINISTRATOR' } })
  })

  const attacks = {
    disable: (userId: string, authorization: string) =>
      own.call('PATCH', one, { userId }, { body: { isDisabled: true }, headers: { authorization } }),
    demote: (userId: string, authorization: string) =>
      own.call('PATCH', one, { userId }, { body: { role: 'MEMBER' }, headers: { authorization } }),
    delete: (userId: string, authorization: string) =>
      own.call('DELETE', one, { userId }, { headers: { authorization } }),
  }

  test.each(Object.entries(attacks))(
    'two administrators who %s each other at the same time: one stays',
    async (_, attack) => {
      for (let round = 0; round < 5; round += 1) {
        const { db, secrets } = own.ctx
        await db.prisma.user.updateMany({ data: { isDisabled: true } })
        const makeOne = async (letter: string): Promise<[id: string, authorization: string]> => {
          const name = `${letter}-${uniqueName()}`
          const { id } = await db.prisma.user.create({
            data: { id: `usr-${name}`, name, role: 'ADMINISTRATOR', passwordHash: 'hash' },
          })
          const key = `KEY${id}`
          await db.prisma.accessKey.create({ data: { id: key, userId: id, sealedSecret: secrets.seal('secret', key) } })
          return [id, basic(key, 'secret')]
        }
        const [[first, firstKey], [second, secondKey]] = [await makeOne('a'), await makeOne('b')]
        const answers = await Promise.all([attack(second, firstKey), attack(first, secondKey)])
        const statuses = answers.map(({ status }) => status)
        const left = await db.prisma.user.count({ where: { role: 'ADMINISTRATOR', isDisabled: false } })
        expect(left, statuses.join(', ')).toBe(1)
        // The loser was stopped by the rule, or was no administrator any more when their request arrived.
        expect(statuses.filter((status) => status < 300)).toHaveLength(1)
        expect(statuses.some((status) => [401, 403, 409].includes(status))).toBe(true)
      }
    },
  )
})

describe('to oneself nobody does', () => {
  test.each([{ isDisabled: true }, { password: 'another-password-1' }])('%j', async (body) => {
    expect((await change(adminId, body)).json.code).toBe('OWN_ACCOUNT')
  })

  test('a deletion', async () => {
    expect((await api.call('DELETE', one, { userId: adminId })).json.code).toBe('OWN_ACCOUNT')
  })

  test('but a new display name is one’s own affair', async () => {
    expect((await change(adminId, { displayName: 'The Administrator' })).status).toBe(200)
  })
})

describe('what is refused', () => {
  test.each(['', 'Li', 'li na', 'li+na', '-li', 'cr_temp_user', 'system', 'x'.repeat(65)])(
    'the name %j',
    async (name) => {
      const answer = await create({ name })
      expect(answer.status).toBe(400)
      expect(answer.json.errors[0]?.path).toBe('name')
    },
  )

  test('a name that is taken', async () => {
    const answer = await create({ name: 'admin' })
    expect(answer.json.code).toBe('ALREADY_EXISTS')
    expect(answer.json.errors[0]?.path).toBe('name')
  })

  test.each([
    ['short', 'eleven-char'],
    ['long', 'x'.repeat(257)],
    ['of control characters', 'a-password-\u0007-bell'],
    ['the user’s name', 'a-name-of-a-user'],
    ['common', '123456789012'],
  ])('a password that is %s', async (_, bad) => {
    const made = await create({ name: 'a-name-of-a-user', password: bad })
    expect(made.status).toBe(400)
    expect(made.json.errors[0]?.path).toBe('password')
    const changed = await change((await list('?search=a-name-of-a-user')).items[0]?.id ?? adminId, { password: bad })
    expect([400, 409]).toContain(changed.status)
  })

  test('another name for a user: records have it', async () => {
    const { json } = await create({})
    expect((await change(json.id, { name: 'other' })).status).toBe(400)
  })

  test('a user that does not exist', async () => {
    expect((await change('usr-none', { displayName: 'x' })).status).toBe(404)
    expect((await change('usr-none', { password })).status).toBe(404)
    expect((await api.call('DELETE', one, { userId: 'usr-none' })).status).toBe(404)
  })

  test('everything, to a member', async () => {
    const headers = { authorization: await api.makeMember() }
    expect((await api.call('GET', collection, {}, { headers })).status).toBe(403)
    expect((await api.call('POST', collection, {}, { body: { name: 'x', password }, headers })).status).toBe(403)
    expect((await api.call('GET', one, { userId: adminId }, { headers })).status).toBe(403)
    expect((await api.call('PATCH', one, { userId: adminId }, { body: { role: 'MEMBER' }, headers })).status).toBe(403)
    expect((await api.call('DELETE', one, { userId: adminId }, { headers })).status).toBe(403)
  })
})

describe('the list', () => {
  let own: TestApi

  beforeAll(async () => {
    own = await openTestApi()
    const users = [
      { name: 'bob', displayName: 'Robert' },
      { name: 'carol', displayName: '100%', role: 'ADMINISTRATOR' },
      { name: 'dave', isDisabled: true },
    ]
    for (const user of users) await own.call('POST', collection, {}, { body: { password, ...user } })
  })
  afterAll(() => own.close())

  async function names(query: string): Promise<unknown> {
    return (await own.call('GET', collection, {}, { query })).json.items.map(({ name }) => name)
  }

  test.each([
    ['', ['admin', 'bob', 'carol', 'dave']],
    ['?sort=-name', ['dave', 'carol', 'bob', 'admin']],
    ['?sort=-createdAt', ['dave', 'carol', 'bob', 'admin']],
    ['?search=ROB', ['bob']],
    ['?search=%25', ['carol']],
    ['?role=ADMINISTRATOR', ['admin', 'carol']],
    ['?isDisabled=true', ['dave']],
    ['?isDisabled=false&role=MEMBER', ['bob']],
  ])('%s', async (query, expected) => {
    expect(await names(query)).toEqual(expected)
  })

  test.each(['name', '-name', 'createdAt'])('in pages, by %s', async (sort) => {
    const found: string[] = []
    let cursor = ''
    do {
      const query = `?pageSize=3&sort=${sort}${cursor}`
      const { json } = await own.call('GET', collection, {}, { query })
      expect(json.totalCount).toBe(4)
      found.push(...json.items.map(({ name }) => name))
      cursor = json.nextCursor === null ? '' : `&cursor=${json.nextCursor}`
    } while (cursor !== '')
    expect(found.sort()).toEqual(['admin', 'bob', 'carol', 'dave'])
  })

  test.each(['?sort=lastLogOnAt', '?role=ROOT', '?isDisabled=1', '?cursor=abc'])('refuses %s', async (query) => {
    expect((await own.call('GET', collection, {}, { query })).status).toBe(400)
  })
})

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApi, basic, openTestApi, uniqueName } from '@/lib/testing/test-api'
import { hashToken } from '@/lib/secrets/token-hash'
import { createId } from '@/lib/domain/ids'

let api: TestApi
let instanceId: string
let member: { readonly id: string; readonly headers: { readonly authorization: string } }

beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.close())

beforeEach(async () => {
  instanceId = (await api.makeRepository()).instanceId
  member = await makeUser()
  await grant(member.id)
})

const credentials = '/instances/{instanceId}/credentials'
const password = `${credentials}/password` as const
const tokens = `${credentials}/temporary-token` as const
const token = `${tokens}/{temporaryTokenId}` as const

/** A member with an access key. */
async function makeUser() {
  const { db, secrets } = api.ctx
  const name = uniqueName()
  const id = createId('user')
  const sealedSecret = secrets.seal('the-secret', name)
  await db.prisma.user.create({
    data: { id, name, role: 'MEMBER', passwordHash: await api.ctx.passwords.hash('console-password') },
  })
  await db.prisma.accessKey.create({ data: { id: name, userId: id, sealedSecret } })
  return { id, name, headers: { authorization: basic(name, 'the-secret') } }
}

/** Lets a user pull from the instance, so that it is there for them. */
async function grant(userId: string) {
  const scope = { instanceId, scopeId: instanceId }
  const data = {
    id: createId('grant'),
    subjectId: userId,
    userId,
    ...scope,
    permission: 'PULL' as const,
    createdBy: '',
  }
  await api.ctx.db.prisma.grant.create({ data })
}

function setPassword(text: string, caller = member) {
  return api.call('PUT', password, { instanceId }, { body: { password: text }, headers: caller.headers })
}

function storedPassword(userId = member.id) {
  return api.ctx.db.prisma.registryPassword.findUnique({ where: { userId_instanceId: { userId, instanceId } } })
}

function refreshToken(bearer: { userId: string; temporaryTokenId?: string }, ofInstance = instanceId) {
  const tokenHash = hashToken(uniqueName())
  const expiresAt = new Date(Date.now() + 60_000)
  return api.ctx.db.prisma.refreshToken.create({
    data: { tokenHash, instanceId: ofInstance, expiresAt, ...bearer },
  })
}

function auditOf(targetType: string, targetId: string) {
  const where = { targetType, targetId, instanceId }
  return api.ctx.db.prisma.auditEvent.findMany({ where, orderBy: { id: 'asc' } })
}

describe('the registry password', () => {
  test('is set, changed and taken away with the same answer whether or not there was one', async () => {
    for (const text of ['first-password-1', 'second-password-2']) {
      const answer = await setPassword(text)
      expect([answer.status, answer.json]).toEqual([204, null])
      expect(await api.ctx.passwords.verify((await storedPassword())?.passwordHash ?? '', text)).toBe(true)
    }
    for (let round = 0; round < 2; round += 1) {
      const answer = await api.call('DELETE', password, { instanceId }, { headers: member.headers })
      expect([answer.status, answer.json]).toEqual([204, null])
      expect(await storedPassword()).toBeNull()
    }
  })

  test('is shown as set, with since when and how to log on, and never itself', async () => {
    const before = await api.call('GET', credentials, { instanceId }, { headers: member.headers })
    expect(before.json).toMatchObject({ passwordSetAt: null, passwordLastUsedAt: null })
    await setPassword('first-password-1')
    const after = await api.call('GET', credentials, { instanceId }, { headers: member.headers })
    const { db } = api.ctx
    const user = await db.prisma.user.findUniqueOrThrow({ where: { id: member.id } })
    const instance = await api.call('GET', '/instances/{instanceId}', { instanceId })
    expect(after.json).toEqual({
      userName: user.name,
      registryHost: instance.json['registryHost'],
      registryAddress: instance.json['registryAddress'],
      userNamePrefix: instance.json['userNamePrefix'],
      passwordSetAt: (await storedPassword())?.updatedAt.toISOString(),
      passwordLastUsedAt: null,
      temporaryUserName: 'cr_temp_user',
    })
    expect(JSON.stringify(after.json)).not.toContain('first-password-1')
  })

  test('ends what was logged on with at that instance, for that user only', async () => {
    const other = await makeUser()
    const elsewhere = (await api.makeRepository()).instanceId
    const ended = await refreshToken({ userId: member.id })
    const kept = [await refreshToken({ userId: other.id }), await refreshToken({ userId: member.id }, elsewhere)]
    await setPassword('first-password-1')
    const { db } = api.ctx
    expect(await db.prisma.refreshToken.findUnique({ where: { tokenHash: ended.tokenHash } })).toBeNull()
    for (const { tokenHash } of kept) {
      expect(await db.prisma.refreshToken.findUnique({ where: { tokenHash } })).not.toBeNull()
    }
    await refreshToken({ userId: member.id })
    await api.call('DELETE', password, { instanceId }, { headers: member.headers })
    expect(await db.prisma.refreshToken.count({ where: { userId: member.id, instanceId } })).toBe(0)
  })

  test('is of one instance and of one user', async () => {
    await setPassword('first-password-1')
    expect(await api.ctx.db.prisma.registryPassword.count({ where: { userId: member.id } })).toBe(1)
    expect(await api.ctx.db.prisma.registryPassword.count({ where: { instanceId } })).toBe(1)
  })

  test('leaves audit events that say when, and hold nothing of it', async () => {
    await setPassword('first-password-1')
    await setPassword('second-password-2')
    await api.call('DELETE', password, { instanceId }, { headers: member.headers })
    await api.call('DELETE', password, { instanceId }, { headers: member.headers })
    const events = await auditOf('REGISTRY_PASSWORD', member.id)
    expect(events.map((event) => event.action)).toEqual(['CREATE', 'UPDATE', 'DELETE'])
    expect(events[1]?.before).toBe(events[0]?.after)
    expect(JSON.stringify(events)).not.toMatch(/first-password|second-password|argon2/)
  })

  test.each(['short-1', 'a1'.repeat(17), 'onlyletters', '1234567890', 'has a space 1', 'ümlaut-12345'])(
    '%j is refused by the rule',
    async (text) => {
      const answer = await setPassword(text)
      expect(answer.status).toBe(400)
      expect(answer.json.errors[0]?.path).toBe('password')
      expect(JSON.stringify(answer.json)).not.toContain(text)
      expect(await storedPassword()).toBeNull()
    },
  )

  test('changes at the same time leave one password and a record of each', async () => {
    const texts = ['password-number-1', 'password-number-2', 'password-number-3']
    const answers = await Promise.all(texts.map((text) => setPassword(text)))
    expect(answers.map((answer) => answer.status)).toEqual([204, 204, 204])
    const actions = (await auditOf('REGISTRY_PASSWORD', member.id)).map((event) => event.action)
    expect(actions).toEqual(['CREATE', 'UPDATE', 'UPDATE'])
  })
})

describe('a temporary token', () => {
  function create(body: object = {}, caller = member) {
    return api.call('POST', tokens, { instanceId }, { body, headers: caller.headers })
  }

  test('is shown once, stored as a hash, and lives an hour unless asked for longer', async () => {
    const before = Date.now()
    const made = await create()
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe(
      `/api/v1/instances/${instanceId}/credentials/temporary-token/${made.json.id}`,
    )
    expect(made.json).toMatchObject({ userName: 'cr_temp_user', revokedAt: null, lastUsedAt: null })
    const secret = made.json['token'] as string
    expect(secret).toMatch(/^[A-Za-z0-9]{43}$/)
    const hour = 60 * 60 * 1000
    expect(Date.parse(made.json['expiresAt'] as string)).toBeGreaterThanOrEqual(before + hour)
    expect(Date.parse(made.json['expiresAt'] as string)).toBeLessThanOrEqual(Date.now() + hour)
    const row = await api.ctx.db.prisma.temporaryToken.findUniqueOrThrow({ where: { id: made.json.id } })
    expect(row).toMatchObject({ tokenHash: hashToken(secret), userId: member.id, instanceId })

    const longest = await create({ hours: 24 })
    expect(Date.parse(longest.json['expiresAt'] as string)).toBeGreaterThanOrEqual(before + 24 * hour)
    const list = await api.call('GET', tokens, { instanceId }, { headers: member.headers })
    expect(list.json.items.map((item) => item.id)).toEqual([longest.json.id, made.json.id])
    expect(JSON.stringify(list.json)).not.toContain(secret)
  })

  test.each([0, 25, 1.5, '2'])('of %j hours is refused', async (hours) => {
    expect((await create({ hours })).json.errors[0]?.path).toBe('hours')
  })

  test('is revoked for good, with what was logged on with it, and stays in the list', async () => {
    const { id } = (await create()).json
    await refreshToken({ userId: member.id, temporaryTokenId: id })
    const params = { instanceId, temporaryTokenId: id }
    for (let round = 0; round < 2; round += 1) {
      expect((await api.call('DELETE', token, params, { headers: member.headers })).status).toBe(204)
    }
    expect(await api.ctx.db.prisma.refreshToken.count({ where: { temporaryTokenId: id } })).toBe(0)
    const list = await api.call('GET', tokens, { instanceId }, { headers: member.headers })
    expect(list.json.items[0]?.['revokedAt']).toEqual(expect.any(String))
    const events = await auditOf('TEMPORARY_TOKEN', id)
    expect(events.map((event) => event.action)).toEqual(['CREATE', 'UPDATE'])
  })

  test('of another user, or by the address of another instance, is not there', async () => {
    const { id } = (await create()).json
    const other = await makeUser()
    await grant(other.id)
    const list = await api.call('GET', tokens, { instanceId }, { headers: other.headers })
    expect(list.json.totalCount).toBe(0)
    const foreign = await api.call('DELETE', token, { instanceId, temporaryTokenId: id }, { headers: other.headers })
    expect(foreign.status).toBe(404)
    const elsewhere = (await api.makeRepository('public', { type: 'PUBLIC' })).instanceId
    const wrong = { instanceId: elsewhere, temporaryTokenId: id }
    expect((await api.call('DELETE', token, wrong, { headers: member.headers })).status).toBe(404)
    expect(await api.ctx.db.prisma.temporaryToken.findUnique({ where: { id } })).toMatchObject({ revokedAt: null })
  })

  test('is refused when 50 are in force, also when they are asked for at the same time; revoked ones do not count', async () => {
    const { id } = (await create()).json
    const data = Array.from({ length: 47 }, () => ({
      id: createId('temporaryToken'),
      tokenHash: hashToken(uniqueName()),
      userId: member.id,
      instanceId,
      expiresAt: new Date(Date.now() + 60_000),
    }))
    await api.ctx.db.prisma.temporaryToken.createMany({ data })
    const answers = await Promise.all(Array.from({ length: 5 }, () => create()))
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 201, 409, 409, 409])
    const refused = answers.find((answer) => answer.status === 409)
    expect(refused?.json).toMatchObject({ code: 'LIMIT_REACHED', context: { limit: 50 } })
    await api.call('DELETE', token, { instanceId, temporaryTokenId: id }, { headers: member.headers })
    expect((await create()).status).toBe(201)
  })

  test('is swept seven days after it expired, by the next one that is made', async () => {
    const day = 24 * 60 * 60 * 1000
    const old = (days: number) => ({
      id: createId('temporaryToken'),
      tokenHash: hashToken(uniqueName()),
      userId: member.id,
      instanceId,
      expiresAt: new Date(Date.now() - days * day),
    })
    const [kept, swept] = [old(6.9), old(7.1)]
    await api.ctx.db.prisma.temporaryToken.createMany({ data: [kept, swept] })
    const { id } = (await create()).json
    const rows = await api.ctx.db.prisma.temporaryToken.findMany({ where: { userId: member.id }, select: { id: true } })
    expect(rows.map((row) => row.id).sort()).toEqual([id, kept.id].sort())
  })
})

test('an instance that the caller cannot see has no credentials', async () => {
  const stranger = await makeUser()
  const call = { headers: stranger.headers }
  expect((await api.call('GET', credentials, { instanceId }, call)).status).toBe(404)
  expect((await setPassword('first-password-1', stranger)).status).toBe(404)
  expect((await api.call('GET', tokens, { instanceId }, call)).status).toBe(404)
  expect((await api.call('POST', tokens, { instanceId }, { ...call, body: {} })).status).toBe(404)
  expect((await api.call('GET', credentials, { instanceId }, { anonymous: true })).status).toBe(401)
})

test('whoever can no longer see an instance still takes back what they had there', async () => {
  const former = await makeUser()
  const call = { headers: former.headers }
  const set = { userId: former.id, instanceId, passwordHash: 'hash', updatedAt: new Date() }
  await api.ctx.db.prisma.registryPassword.create({ data: set })
  const expiresAt = new Date(Date.now() + 60_000)
  const token = { id: uniqueName(), tokenHash: uniqueName(), userId: former.id, instanceId, expiresAt }
  await api.ctx.db.prisma.temporaryToken.create({ data: token })
  expect((await api.call('DELETE', password, { instanceId }, call)).status).toBe(204)
  const params = { instanceId, temporaryTokenId: token.id }
  expect((await api.call('DELETE', `${tokens}/{temporaryTokenId}`, params, call)).status).toBe(204)
  expect(await storedPassword(former.id)).toBeNull()
  expect((await api.ctx.db.prisma.temporaryToken.findUnique({ where: { id: token.id } }))?.revokedAt).not.toBeNull()
})

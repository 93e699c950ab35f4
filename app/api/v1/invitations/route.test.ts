import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApi, openTestApi, password as adminPassword, uniqueName } from '@/lib/testing/test-api'

let api: TestApi

beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.close())

const password = 'a-password-of-a-test'

async function invite(body: object = {}) {
  const made = await api.call('POST', '/invitations', {}, { body: { name: uniqueName(), ...body } })
  const path = String(made.json.path)
  return { ...made, token: path.slice(path.indexOf('#') + 1), userId: String(made.json.userId) }
}

const ask = (path: `/${string}`, body: object) => api.call('POST', path, {}, { anonymous: true, body })
const read = (token: string) => ask('/invitation', { token })
const accept = (token: string, chosen = password) => ask('/invitation/acceptance', { token, password: chosen })
const logOn = (userName: string, typed = password) => ask('/session', { userName, password: typed })
const ofUser = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', userId: string, below = '', options = {}) =>
  api.call(method, `/users/{userId}${below}`, { userId }, options)

const eventsOf = (where: object) => api.ctx.db.prisma.auditEvent.findMany({ where, orderBy: { id: 'asc' } })

test('a user is invited, sets a password and is logged on; the record says who did what, and holds no token', async () => {
  const scopeId = await makeInstance()
  const made = await invite({ displayName: 'Zoë', grants: [{ scopeId, permission: 'PULL' }] })
  expect(made.status).toBe(201)
  expect(made.headers.get('location')).toBe(`/api/v1/users/${made.userId}`)
  expect(made.json.path).toMatch(/^\/invitation#\w{43}$/)
  const name = String(made.json.userName)
  expect(hoursUntil(made.json.expiresAt)).toBeCloseTo(72, 1)
  const stored = await api.ctx.db.prisma.invitation.findFirstOrThrow({ where: { userId: made.userId } })
  expect(JSON.stringify(stored)).not.toContain(made.token)

  const before = (await ofUser('GET', made.userId)).json
  expect(before).toMatchObject({ awaitsPassword: true, grantCount: 1, invitation: { createdBy: 'admin' } })
  expect((await logOn(name)).status).toBe(401)

  expect((await read(made.token)).json).toEqual({
    state: 'OPEN',
    userName: name,
    displayName: 'Zoë',
    expiresAt: made.json.expiresAt,
  })
  const accepted = await accept(made.token)
  expect(accepted.status).toBe(201)
  expect(accepted.json.user).toMatchObject({ name })
  expect(accepted.headers.get('set-cookie')).toMatch(/HttpOnly/)
  expect((await logOn(name)).status).toBe(201)
  expect((await ofUser('GET', made.userId)).json).toMatchObject({ awaitsPassword: false, invitation: null })

  const events = await eventsOf({ OR: [{ targetId: made.userId }, { targetName: name, targetType: 'INVITATION' }] })
  expect(events.map(({ actor, action, targetType }) => `${actor} ${action} ${targetType}`)).toEqual([
    'admin CREATE USER',
    'admin CREATE INVITATION',
    'anonymous LOG_ON_FAILED USER',
    `${name} UPDATE USER`,
    `${name} LOG_ON USER`,
    `${name} LOG_ON USER`,
  ])
  expect(JSON.stringify(events)).not.toContain(made.token)
  expect(JSON.stringify(events)).not.toContain(stored.tokenHash)
})

describe('an invitation is used once', () => {
  test('the second time it is refused, and the password stays', async () => {
    const { token, json } = await invite()
    expect((await accept(token)).status).toBe(201)
    const again = await accept(token, 'another-password-of-a-test')
    expect(again.status).toBe(410)
    expect(again.json.code).toBe('INVITATION_ENDED')
    expect((await read(token)).json.state).toBe('ACCEPTED')
    expect((await logOn(String(json.userName))).status).toBe(201)
  })

  test('of requests at the same time one is taken', async () => {
    const { token } = await invite()
    const answers = await Promise.all(Array.from({ length: 5 }, (_, index) => accept(token, `${password}-${index}`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 410, 410, 410, 410])
  })

  test('a password that the rules forbid is refused, and leaves it open', async () => {
    const { token, json } = await invite({ name: `long-user-name-${uniqueName()}` })
    for (const weak of ['short', 'password1234', String(json.userName)]) {
      const refused = await accept(token, weak)
      expect({ weak, status: refused.status, path: refused.json.errors[0]?.path }).toEqual({
        weak,
        status: 400,
        path: 'password',
      })
    }
    expect((await read(token)).json.state).toBe('OPEN')
    expect((await accept(token)).status).toBe(201)
  })
})

describe('it ends', () => {
  const expire = (userId: string) =>
    api.ctx.db.prisma.invitation.updateMany({ where: { userId }, data: { expiresAt: new Date(Date.now() - 1) } })

  test('when it expires', async () => {
    const { token, userId } = await invite()
    await expire(userId)
    expect((await read(token)).json.state).toBe('EXPIRED')
    expect((await accept(token)).status).toBe(410)
    expect((await ofUser('GET', userId)).json.invitation).not.toBeNull()
    // There is nothing to revoke any more.
    expect((await ofUser('DELETE', userId, '/invitation')).status).toBe(204)
    expect((await read(token)).json.state).toBe('EXPIRED')
  })

  test('when it is revoked', async () => {
    const { token, userId } = await invite()
    expect((await ofUser('DELETE', userId, '/invitation')).status).toBe(204)
    expect((await read(token)).json.state).toBe('REVOKED')
    expect((await accept(token)).status).toBe(410)
    expect((await ofUser('GET', userId)).json).toMatchObject({ awaitsPassword: true, invitation: null })
    expect((await eventsOf({ targetType: 'INVITATION', action: 'DELETE' })).at(-1)?.actor).toBe('admin')
  })

  test('when a new one is made', async () => {
    const first = await invite()
    const second = await ofUser('POST', first.userId, '/invitation')
    expect(second.status).toBe(201)
    const token = String(second.json.path).split('#')[1] ?? ''
    expect((await read(first.token)).json.state).toBe('REVOKED')
    expect((await accept(first.token)).status).toBe(410)
    expect((await accept(token)).status).toBe(201)
    expect((await ofUser('POST', first.userId, '/invitation')).status).toBe(409)
  })

  test('when an administrator sets a password, which it never replaces', async () => {
    const { token, userId, json } = await invite()
    expect((await ofUser('PATCH', userId, '', { body: { password: 'set-by-an-administrator' } })).status).toBe(200)
    expect((await accept(token)).status).toBe(410)
    expect((await logOn(String(json.userName), 'set-by-an-administrator')).status).toBe(201)
  })

  test('while the user is disabled, and with the user', async () => {
    const { token, userId } = await invite()
    await ofUser('PATCH', userId, '', { body: { isDisabled: true } })
    expect((await read(token)).json.state).toBe('REVOKED')
    expect((await accept(token)).status).toBe(410)
    await ofUser('PATCH', userId, '', { body: { isDisabled: false } })
    expect((await read(token)).json.state).toBe('OPEN')
    await ofUser('DELETE', userId)
    expect((await read(token)).status).toBe(404)
  })
})

test('nothing is made when a grant names no scope, or the name is taken', async () => {
  const name = uniqueName()
  const refused = await invite({ name, grants: [{ scopeId: 'cri-none', permission: 'PULL' }] })
  expect(refused.status).toBe(400)
  expect(refused.json.errors[0]?.path).toBe('grants.0.scopeId')
  expect((await invite({ name })).status).toBe(201)
  expect((await invite({ name })).status).toBe(409)
})

test('somebody who logs on already is not invited', async () => {
  const admin = (await api.call('GET', '/users', {}, { query: '?search=admin' })).json.items[0]?.id ?? ''
  expect((await ofUser('POST', admin, '/invitation')).status).toBe(409)
  expect((await logOn('admin', adminPassword)).status).toBe(201)
})

test('a hundred wrong tokens make an address wait, also with a right one', async () => {
  const { token } = await invite()
  let status = 404
  for (let tries = 0; status === 404 && tries < 120; tries += 1) status = (await read(`wrong-${tries}`)).status
  expect(status).toBe(429)
  expect((await read(token)).status).toBe(429)
  expect((await accept(token)).status).toBe(429)
})

async function makeInstance(): Promise<string> {
  const body = { name: uniqueName(), regionId: 'cn-beijing' }
  return (await api.call('POST', '/instances', {}, { body })).json.id
}

function hoursUntil(time: unknown): number {
  return (Date.parse(String(time)) - Date.now()) / 3_600_000
}

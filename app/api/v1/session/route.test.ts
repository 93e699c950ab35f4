import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type TestApi, type TestCall, authorization, openTestApi, password } from '@/lib/testing/test-api'
import { TestPerson } from '@/lib/testing/test-session'
import * as credentials from '@/lib/metadata/user-credentials'

let api: TestApi
const origin = 'http://localhost:3000'

beforeAll(async () => (api = await openTestApi()))
afterAll(() => api.close())

function call(method: 'GET' | 'POST' | 'DELETE', options: TestCall = {}) {
  return api.call(method, '/session', {}, { anonymous: true, ...options })
}

async function logOn(cookie?: string) {
  const headers = cookie === undefined ? {} : { cookie, origin }
  const answer = await call('POST', { body: { userName: 'admin', password }, headers })
  expect(answer.status).toBe(201)
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}

const show = (cookie: string) => call('GET', { headers: { cookie } })

test('a person logs on, is known, logs off, and is no longer known', async () => {
  const cookie = await logOn()
  const shown = await show(cookie)
  expect(shown.json.user).toMatchObject({ name: 'admin', role: 'ADMINISTRATOR' })
  const hoursLeft = (Date.parse(String(shown.json.expiresAt)) - Date.now()) / 3_600_000
  expect(hoursLeft).toBeGreaterThan(11.9)
  expect(hoursLeft).toBeLessThanOrEqual(12)

  const off = await call('DELETE', { headers: { cookie, origin } })
  expect(off.status).toBe(204)
  expect(off.headers.get('set-cookie')).toMatch(/^stele_session_3000=; Path=\/; Max-Age=0/)
  expect((await show(cookie)).status).toBe(401)
})

test('the cookie is out of reach of scripts and other sites; over TLS it stays there', async () => {
  const body = { userName: 'admin', password }
  const plain = await call('POST', { body })
  expect(plain.headers.get('set-cookie')).toMatch(
    /^stele_session_3000=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/,
  )
  const overTls = await openTestApi({ STELE_PUBLIC_URL: 'https://hub.test' })
  const answer = await overTls.call('POST', '/session', {}, { anonymous: true, body })
  expect(answer.headers.get('set-cookie')).toMatch(/; Secure$/)
  await overTls.close()
  const byProxy = await call('POST', { body, headers: { 'x-stele-forwarded-proto': 'https' } })
  expect(byProxy.headers.get('set-cookie')).toMatch(/; Secure$/)
})

test('two servers on one host, in one browser: neither ends the session of the other', async () => {
  const second = await openTestApi()
  const servers = [
    { api, host: 'localhost:3000' },
    { api: second, host: 'localhost:3001' },
  ] as const
  // A browser keeps one set of cookies for all ports of a host.
  const jar = new Map<string, string>()
  const ask = async (method: 'GET' | 'POST' | 'DELETE', server: (typeof servers)[number], body?: unknown) => {
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
    const headers = { host: server.host, origin: `http://${server.host}`, cookie }
    const answer = await server.api.call(
      method,
      '/session',
      {},
      { anonymous: true, headers, ...(body !== undefined && { body }) },
    )
    for (const set of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = set.split(/[=;]/)
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    return answer.status
  }
  const statuses = async () => [await ask('GET', servers[0]), await ask('GET', servers[1])]
  for (const server of servers) expect(await ask('POST', server, { userName: 'admin', password })).toBe(201)
  expect(await statuses()).toEqual([200, 200])
  expect(await ask('DELETE', servers[0])).toBe(204)
  expect(await statuses()).toEqual([401, 200])
  await second.close()
})

test.each(['Admin', 'admin ', ' ADMIN\u00a0'])('%j at the log-on means admin', async (userName) => {
  const answer = await call('POST', { body: { userName, password } })
  expect(answer.status).toBe(201)
  expect(answer.json.user).toMatchObject({ name: 'admin' })
})

test('other spellings of a name are no further guesses', async () => {
  const person = await TestPerson.make(api)
  const names = [person.name, person.name.toUpperCase(), `${person.name} `]
  const guess = (i: number) => person.logOn({ userName: names[i % 3], password: `wrong-${i}` })
  for (let i = 0; i < 10; i += 1) expect((await guess(i)).status).toBe(401)
  for (let i = 10; i < 13; i += 1) expect((await guess(i)).status).toBe(429)
})

describe('what does not log on', () => {
  test.each([
    ['a wrong password', { userName: 'admin', password: 'wrong' }, 401],
    ['an unknown user', { userName: 'nobody', password }, 401],
    ['no password', { userName: 'admin' }, 400],
    ['an overlong password', { userName: 'admin', password: 'x'.repeat(257) }, 400],
  ])('%s', async (_, body, status) => {
    const answer = await call('POST', { body })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(answer.headers.get('www-authenticate')).toBeNull()
  })

  test('wrong password and unknown user cannot be told apart', async () => {
    const wrong = await call('POST', { body: { userName: 'admin', password: 'wrong' } })
    const unknown = await call('POST', { body: { userName: 'nobody', password: 'wrong' } })
    expect({ ...unknown.json, requestId: '' }).toEqual({ ...wrong.json, requestId: '' })
  })
})

test('an access key is no session, and leaves the cookie beside it unread', async () => {
  expect((await call('GET', { headers: { authorization } })).status).toBe(401)
  const cookie = await logOn()
  expect((await call('GET', { headers: { authorization: 'Bearer x', cookie } })).status).toBe(401)
})

test('a new log-on ends the session that the browser held', async () => {
  const first = await logOn()
  const second = await logOn(first)
  expect((await show(first)).status).toBe(401)
  expect((await show(second)).status).toBe(200)
})

test('an expired session is none, and is swept at the next log-on', async () => {
  const cookie = await logOn()
  await api.ctx.db.prisma.session.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } })
  expect((await show(cookie)).status).toBe(401)
  await logOn()
  expect(await api.ctx.db.prisma.session.count()).toBe(1)
})

test('a session ends with its user', async () => {
  const other = await openTestApi()
  const body = { userName: 'admin', password }
  const on = await other.call('POST', '/session', {}, { anonymous: true, body })
  const cookie = on.headers.get('set-cookie')?.split(';')[0] ?? ''
  await other.ctx.db.prisma.user.deleteMany({ where: { name: 'admin' } })
  expect((await other.call('GET', '/session', {}, { anonymous: true, headers: { cookie } })).status).toBe(401)
  await other.close()
})

test('the database holds no token, only its hash', async () => {
  const cookie = await logOn()
  const token = cookie.split('=')[1] ?? ''
  expect(token).toHaveLength(43)
  expect(JSON.stringify(await api.ctx.db.prisma.session.findMany())).not.toContain(token)
})

test('log-on and log-off are recorded, with from where', async () => {
  const cookie = await logOn()
  await call('DELETE', { headers: { cookie, origin } })
  const events = await api.ctx.db.prisma.auditEvent.findMany({ orderBy: { id: 'desc' }, take: 2 })
  expect(events).toMatchObject([
    { action: 'LOG_OFF', actor: 'admin', credential: 'session', address: '192.0.2.7', userAgent: 'test' },
    { action: 'LOG_ON', actor: 'admin', credential: 'password', address: '192.0.2.7', userAgent: 'test' },
  ])
})

test('a log-on that fails is recorded, with the name only where there is such a user', async () => {
  await call('POST', { body: { userName: 'admin', password: 'wrong' } })
  await call('POST', { body: { userName: 'typed-my-password-here', password: 'wrong' } })
  const events = await api.ctx.db.prisma.auditEvent.findMany({ orderBy: { id: 'desc' }, take: 2 })
  expect(events).toMatchObject([
    { action: 'LOG_ON_FAILED', actor: 'anonymous', targetId: '', targetName: '', address: '192.0.2.7' },
    { action: 'LOG_ON_FAILED', actor: 'anonymous', targetName: 'admin', address: '192.0.2.7' },
  ])
  expect(JSON.stringify(events)).not.toMatch(/typed-my-password-here/)
})

test('a log-on by a password that is changed meanwhile begins no session', async () => {
  const person = await TestPerson.make(api)
  const { passwordHash } = await api.ctx.db.prisma.user.findUniqueOrThrow({ where: { id: person.id } })
  // Verified, and changed before the session begins: the lock of the user's row orders the two.
  const changed = vi.spyOn(credentials, 'lockCredentials').mockImplementationOnce(async (tx, id) => {
    await tx.prisma.user.update({ where: { id }, data: { passwordHash: `${passwordHash}x` } })
    return credentials.findCredentials(tx, id)
  })
  expect((await person.logOn()).status).toBe(401)
  expect(changed).toHaveBeenCalledOnce()
  changed.mockRestore()
  expect(await api.ctx.db.prisma.session.count({ where: { userId: person.id } })).toBe(0)
})

test('logging off without a session is done at once', async () => {
  expect((await call('DELETE')).status).toBe(204)
})

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'
import { TestPerson } from '@/lib/testing/test-session'

let api: TestApi
let person: TestPerson

beforeAll(async () => (api = await openTestApi()))
afterAll(() => api.close())
beforeEach(async () => {
  person = await TestPerson.make(api)
  await person.logOn()
})

const list = async (query = '') => (await person.call('GET', '/sessions', { query })).json

test('one sees one’s own sessions, the newest first, and which of them asks', async () => {
  const stranger = await TestPerson.make(api)
  await stranger.logOn()
  await person.elsewhere().logOn()
  const { items, totalCount } = await list()
  expect(totalCount).toBe(2)
  expect(items.map(({ isCurrent }) => isCurrent)).toEqual([false, true])
  expect(items[1]).toMatchObject({ address: '192.0.2.7', userAgent: 'test' })
  expect(JSON.stringify(items)).not.toContain(person.cookie?.split('=')[1])
})

test('the list has pages, and leaves out what has expired', async () => {
  for (let count = 0; count < 3; count += 1) await person.elsewhere().logOn()
  const first = await list('?pageSize=3')
  const second = await list(`?pageSize=3&cursor=${first.nextCursor}`)
  expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(4)
  expect(second.nextCursor).toBeNull()
  await api.ctx.db.prisma.session.update({ where: { id: first.items[0]?.id ?? '' }, data: { expiresAt: new Date(0) } })
  expect((await list()).totalCount).toBe(3)
})

test('a session says when it was last used, to the minute', async () => {
  const id = (await list()).items[0]?.id ?? ''
  const longAgo = new Date(Date.now() - 3_600_000)
  await api.ctx.db.prisma.session.update({ where: { id }, data: { lastSeenAt: longAgo } })
  await list()
  const seen = Date.parse(String((await list()).items[0]?.lastSeenAt))
  expect(Date.now() - seen).toBeLessThan(60_000)
  const shortlyAgo = new Date(Date.now() - 30_000)
  await api.ctx.db.prisma.session.update({ where: { id }, data: { lastSeenAt: shortlyAgo } })
  await list()
  expect((await list()).items[0]?.lastSeenAt).toBe(shortlyAgo.toISOString())
})

test('one session is ended, and the others go on', async () => {
  const elsewhere = person.elsewhere()
  await elsewhere.logOn()
  const sessionId = (await list()).items.find(({ isCurrent }) => isCurrent === false)?.id ?? ''
  const answer = await person.call('DELETE', '/sessions/{sessionId}', { params: { sessionId } })
  expect(answer.status).toBe(204)
  expect(answer.headers.getSetCookie()).toEqual([])
  expect(await elsewhere.isLoggedOn()).toBe(false)
  expect(await person.isLoggedOn()).toBe(true)
  expect((await person.call('DELETE', '/sessions/{sessionId}', { params: { sessionId } })).status).toBe(404)
})

test('somebody else’s session is not there to be ended', async () => {
  const stranger = await TestPerson.make(api)
  await stranger.logOn()
  const { id: sessionId } = await api.ctx.db.prisma.session.findFirstOrThrow({ where: { userId: stranger.id } })
  expect((await person.call('DELETE', '/sessions/{sessionId}', { params: { sessionId } })).status).toBe(404)
  expect(await stranger.isLoggedOn()).toBe(true)
})

test('“sign out everywhere” ends all of one’s sessions and nobody else’s, and is recorded', async () => {
  const [stranger, elsewhere] = [await TestPerson.make(api), person.elsewhere()]
  await stranger.logOn()
  await elsewhere.logOn()
  const answer = await person.call('DELETE', '/sessions')
  expect(answer.status).toBe(204)
  expect(answer.headers.getSetCookie()[0]).toMatch(/^stele_session_3000=; Path=\/; Max-Age=0/)
  expect([await person.isLoggedOn(), await elsewhere.isLoggedOn(), await stranger.isLoggedOn()]).toEqual([
    false,
    false,
    true,
  ])
  const event = await api.ctx.db.prisma.auditEvent.findFirst({ where: { actor: person.name }, orderBy: { id: 'desc' } })
  expect(event).toMatchObject({ action: 'LOG_OFF', before: '{"sessions":2}' })
})

test('a user who is disabled is out at once, in all their sessions', async () => {
  await api.ctx.db.prisma.user.update({ where: { id: person.id }, data: { isDisabled: true } })
  expect(await person.isLoggedOn()).toBe(false)
  const answer = await person.elsewhere().logOn()
  expect(answer.json).toMatchObject({ status: 403, code: 'DENIED', detail: 'this account is disabled' })
  // Only who has the password learns of it.
  expect((await person.elsewhere().logOn({ password: 'wrong' })).status).toBe(401)
})

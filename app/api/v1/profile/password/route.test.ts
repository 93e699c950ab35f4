import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestApi, authorization, openTestApi, password as administratorPassword } from '@/lib/testing/test-api'
import { TestPerson } from '@/lib/testing/test-session'

let api: TestApi
let person: TestPerson

beforeAll(async () => (api = await openTestApi()))
afterAll(() => api.close())
beforeEach(async () => {
  person = await TestPerson.make(api)
  await person.logOn()
})

const newPassword = 'another-long-password'

function change(body: object) {
  return person.call('PUT', '/profile/password', {
    body: { currentPassword: person.password, newPassword, ...body },
  })
}

test('a change ends every session; who made it goes on under another one', async () => {
  const elsewhere = person.elsewhere()
  await elsewhere.logOn()
  const before = person.elsewhere()
  before.cookie = person.cookie

  const answer = await change({})
  expect(answer.status).toBe(204)
  person.takeCookie(answer)
  expect(person.cookie).not.toBe(before.cookie)
  expect(await person.isLoggedOn()).toBe(true)
  expect(await before.isLoggedOn()).toBe(false)
  expect(await elsewhere.isLoggedOn()).toBe(false)

  expect((await person.elsewhere().logOn()).status).toBe(401)
  expect((await person.elsewhere().logOn({ password: newPassword })).status).toBe(201)
})

test.each([
  ['a wrong present one', { currentPassword: 'not-the-present-one' }, 'currentPassword'],
  ['a new one that is too short', { newPassword: 'short' }, 'newPassword'],
  ['a new one that many people have', { newPassword: 'Password1234!' }, 'newPassword'],
  ['the present one again', { newPassword: 'a-password-of-a-person' }, 'newPassword'],
])('%s is refused, naming the field, and changes nothing', async (_, body, field) => {
  const elsewhere = person.elsewhere()
  await elsewhere.logOn()
  const answer = await change(body)
  expect(answer.status).toBe(400)
  expect(answer.json.errors.map(({ path }) => path)).toEqual([field])
  expect(answer.headers.getSetCookie()).toEqual([])
  expect(await elsewhere.isLoggedOn()).toBe(true)
  expect((await person.elsewhere().logOn()).status).toBe(201)
})

test('a session that an attacker holds cannot guess the present password without end', async () => {
  const tries = []
  for (let count = 0; count < 12; count += 1) tries.push((await change({ currentPassword: `guess ${count}` })).status)
  expect(tries.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 400))
  expect(tries.at(-1)).toBe(429)
})

test('the change and a wrong present password are recorded, without any password', async () => {
  await change({ currentPassword: 'not-the-present-one' })
  await change({})
  const events = await api.ctx.db.prisma.auditEvent.findMany({
    where: { targetId: person.id },
    orderBy: { id: 'desc' },
    take: 2,
  })
  expect(events).toMatchObject([
    { action: 'UPDATE', actor: person.name, credential: 'session', after: '{"password":"changed"}' },
    { action: 'LOG_ON_FAILED', targetName: person.name, address: '192.0.2.7' },
  ])
  const text = JSON.stringify(events)
  for (const secret of [person.password, newPassword, 'not-the-present-one']) expect(text).not.toContain(secret)
})

test('by access key too, and then there is no cookie', async () => {
  const answer = await api.call(
    'PUT',
    '/profile/password',
    {},
    {
      headers: { authorization },
      body: { currentPassword: administratorPassword, newPassword },
    },
  )
  expect(answer.status).toBe(204)
  expect(answer.headers.getSetCookie()).toEqual([])
})

test('who has no password cannot be given one by a session', async () => {
  await api.ctx.db.prisma.user.update({ where: { id: person.id }, data: { passwordHash: null } })
  expect((await person.call('GET', '/profile')).json).toMatchObject({ name: person.name, hasPassword: false })
  expect((await change({})).status).toBe(403)
})

test('nobody has to log on for it', async () => {
  person.cookie = null
  expect((await change({})).status).toBe(401)
})

import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestApi, basic, openTestApi, password } from '@/lib/testing/test-api'

let api: TestApi

beforeEach(async () => {
  api = await openTestApi()
})
afterEach(() => api.close())

const byKey = async (id: string, secret: string) =>
  (await api.call('GET', '/profile', {}, { headers: { authorization: basic(id, secret) } })).status
const logOn = async (userName: string, typed: string) =>
  (await api.call('POST', '/session', {}, { anonymous: true, body: { userName, password: typed } })).status

test('an access key comes in after empty, old and many wrong secrets', async () => {
  const member = await api.makeMember()
  for (let tries = 0; tries < 30; tries += 1) {
    expect(await byKey('MEMBERKEY', '')).toBe(401)
    expect(await byKey('MEMBERKEY', 'old')).toBe(401)
    expect(await byKey('MEMBERKEY', `wrong ${tries}`)).toBe(401)
  }
  expect((await api.call('GET', '/profile', {}, { headers: { authorization: member } })).status).toBe(200)
})

test('Bearer in place of Basic is no guess at all', async () => {
  await api.makeMember()
  for (let tries = 0; tries < 120; tries += 1) {
    const headers = { authorization: `Bearer wrong-${tries}` }
    expect((await api.call('GET', '/profile', {}, { headers })).status).toBe(401)
  }
  expect(await byKey('MEMBERKEY', 'secret-of-a-member')).toBe(200)
})

test('a hundred different wrong secrets make other keys wait at the address, and not one that was proven just now', async () => {
  await api.makeMember()
  expect(await byKey('MEMBERKEY', 'secret-of-a-member')).toBe(200)
  let status = 401
  for (let tries = 0; status === 401 && tries < 120; tries += 1) status = await byKey('NO-SUCH-KEY', `wrong ${tries}`)
  expect(status).toBe(429)
  expect(await byKey('TESTKEY000000001', 'secret-of-the-test-key')).toBe(429)
  expect(await byKey('MEMBERKEY', 'secret-of-a-member')).toBe(200)
})

test('console: the same wrong password is one guess; ten different ones lock, except what was proven just now', async () => {
  for (let tries = 0; tries < 15; tries += 1) expect(await logOn('admin', 'the password of last year')).toBe(401)
  expect(await logOn('admin', password)).toBe(201)
  for (let tries = 0; tries < 15; tries += 1) await logOn('admin', `wrong ${tries}`)
  expect(await logOn('admin', 'one more')).toBe(429)
  expect(await logOn('admin', password)).toBe(201)
})

test('console: ten different wrong passwords lock an account that nobody proved', async () => {
  for (let tries = 0; tries < 15; tries += 1) await logOn('admin', `wrong ${tries}`)
  expect(await logOn('admin', password)).toBe(429)
})

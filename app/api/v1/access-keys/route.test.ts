import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type TestApi, basic, openTestApi, uniqueName } from '@/lib/testing/test-api'
import { createId } from '@/lib/domain/ids'

let api: TestApi
let user: { readonly id: string; readonly name: string; readonly headers: { readonly authorization: string } }

beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.close())

beforeEach(async () => {
  user = await makeUser()
})

const own = '/access-keys'
const one = '/access-keys/{accessKeyId}'
const ofUser = '/users/{userId}/access-keys'
const oneOfUser = '/users/{userId}/access-keys/{accessKeyId}'

/** A member with one access key. */
async function makeUser() {
  const { db, secrets } = api.ctx
  const name = uniqueName()
  const id = createId('user')
  await db.prisma.user.create({ data: { id, name, role: 'MEMBER', passwordHash: '' } })
  await db.prisma.accessKey.create({ data: { id: name, userId: id, sealedSecret: secrets.seal('the-secret', name) } })
  return { id, name, headers: { authorization: basic(name, 'the-secret') } }
}

function create() {
  return api.call('POST', own, {}, { body: {}, headers: user.headers })
}

function callWith(id: string, secret: unknown) {
  return api.call('GET', own, {}, { headers: { authorization: basic(id, secret as string) } })
}

test('an access key is made with a secret that is shown once, sealed where it is stored, and works', async () => {
  const made = await create()
  expect(made.status).toBe(201)
  expect(made.headers.get('location')).toBe(`/api/v1/access-keys/${made.json.id}`)
  const { id } = made.json
  const secret = made.json['secret'] as string
  expect(id).toMatch(/^[A-Z][A-Z0-9]{19}$/)
  expect(secret).toMatch(/^[A-Za-z0-9]{43}$/)
  const row = await api.ctx.db.prisma.accessKey.findUniqueOrThrow({ where: { id } })
  expect(JSON.stringify(row)).not.toContain(secret)
  expect(api.ctx.secrets.open(row.sealedSecret, id)).toBe(secret)
  const list = await callWith(id, secret)
  expect(list.json.items.map((key) => key.id)).toEqual([user.name, id])
  expect(JSON.stringify(list.json)).not.toContain(secret)
})

test('there are at most two, also when they are asked for at the same time; disabled ones count', async () => {
  await api.call('PATCH', one, { accessKeyId: user.name }, { body: { isDisabled: false }, headers: user.headers })
  const answers = await Promise.all([1, 2, 3, 4].map(() => create()))
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409])
  expect(answers.find((answer) => answer.status === 409)?.json).toMatchObject({
    code: 'LIMIT_REACHED',
    context: { limit: 2 },
  })
  const made = answers.find((answer) => answer.status === 201)?.json.id ?? ''
  const disabled = { body: { isDisabled: true }, headers: user.headers }
  expect((await api.call('PATCH', one, { accessKeyId: made }, disabled)).status).toBe(200)
  expect((await create()).status).toBe(409)
  expect((await api.call('DELETE', one, { accessKeyId: made }, { headers: user.headers })).status).toBe(204)
  expect((await create()).status).toBe(201)
})

test('a disabled key says so to who has its secret, and to nobody else', async () => {
  const { id, secret } = (await create()).json
  await api.call('PATCH', one, { accessKeyId: id }, { body: { isDisabled: true }, headers: user.headers })
  const [right, wrong, unknown] = [await callWith(id, secret), await callWith(id, 'wrong'), await callWith('NONE', 'x')]
  expect([right.status, right.json['detail']]).toEqual([401, 'the access key is disabled'])
  expect([wrong.status, wrong.json['detail']]).toEqual([401, unknown.json['detail']])
  await api.call('PATCH', one, { accessKeyId: id }, { body: { isDisabled: false }, headers: user.headers })
  expect((await callWith(id, secret)).status).toBe(200)
})

test("a disabled user's key says so to who has its secret", async () => {
  await api.ctx.db.prisma.user.update({ where: { id: user.id }, data: { isDisabled: true } })
  const answer = await api.call('GET', own, {}, { headers: user.headers })
  expect([answer.status, answer.json['detail']]).toEqual([401, 'the user is disabled'])
})

test('a deleted key is refused at once', async () => {
  const { id, secret } = (await create()).json
  expect((await callWith(id, secret)).status).toBe(200)
  await api.call('DELETE', one, { accessKeyId: id }, { headers: user.headers })
  expect((await callWith(id, secret)).status).toBe(401)
})

test('a key has when it was used last, to the minute', async () => {
  const { id, secret } = (await create()).json
  await callWith(id, secret)
  const usedAt = await vi.waitFor(async () => {
    const { lastUsedAt } = await api.ctx.db.prisma.accessKey.findUniqueOrThrow({ where: { id } })
    expect(lastUsedAt).not.toBeNull()
    return lastUsedAt as Date
  })
  expect(usedAt.getTime() % 60_000).toBe(0)
  expect(Date.now() - usedAt.getTime()).toBeLessThan(2 * 60_000)
})

test("another user's key is not there, but for administrators by its owner's address", async () => {
  const { id } = (await create()).json
  const other = await makeUser()
  const { headers } = other
  expect((await api.call('PATCH', one, { accessKeyId: id }, { body: { isDisabled: true }, headers })).status).toBe(404)
  expect((await api.call('DELETE', one, { accessKeyId: id }, { headers })).status).toBe(404)
  expect((await api.call('GET', ofUser, { userId: user.id }, { headers })).status).toBe(403)
  expect((await api.call('DELETE', oneOfUser, { userId: user.id, accessKeyId: id }, { headers })).status).toBe(403)

  const list = await api.call('GET', ofUser, { userId: user.id })
  expect(list.json.items.map((key) => key.id)).toEqual([user.name, id])
  const params = { userId: user.id, accessKeyId: id }
  expect((await api.call('PATCH', oneOfUser, params, { body: { isDisabled: true } })).json).toMatchObject({
    id,
    isDisabled: true,
  })
  const notTheirs = { userId: other.id, accessKeyId: id }
  expect((await api.call('DELETE', oneOfUser, notTheirs)).status).toBe(404)
  expect((await api.call('DELETE', oneOfUser, params)).status).toBe(204)
  expect((await api.call('DELETE', oneOfUser, params)).status).toBe(404)
})

test('changes of keys are audited with whose they are, and never a secret', async () => {
  const { id, secret } = (await create()).json
  const params = { accessKeyId: id }
  for (const isDisabled of [true, true]) {
    await api.call('PATCH', one, params, { body: { isDisabled }, headers: user.headers })
  }
  await api.call('DELETE', oneOfUser, { ...params, userId: user.id })
  const where = { targetType: 'ACCESS_KEY', targetId: id }
  const events = await api.ctx.db.prisma.auditEvent.findMany({ where, orderBy: { id: 'asc' } })
  expect(events.map(({ action, actor, before, after }) => [action, actor, before, after])).toEqual([
    ['CREATE', user.name, null, '{"isDisabled":false}'],
    ['UPDATE', user.name, '{"isDisabled":false}', '{"isDisabled":true}'],
    ['DELETE', 'admin', '{"isDisabled":true}', null],
  ])
  expect(events.every((event) => event.targetName === user.name)).toBe(true)
  expect(JSON.stringify(events)).not.toContain(secret)
})

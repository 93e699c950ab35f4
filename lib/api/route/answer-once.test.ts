import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { restRows } from '@/e2e/access/rest'
import { type Operation, takesIdempotencyKey } from '@/lib/api/operations/operation'
import { accessRequests } from '@/lib/testing/test-access-requests'
import { TestWorld, byAccessKey, userId } from '@/lib/testing/test-world'
import { sweepKeptAnswers } from '@/lib/registry/run-once'
import { type TestApi, openTestApi, uniqueName } from '@/lib/testing/test-api'
import { operations } from '@/lib/api/operations/operations'
import { TestPerson } from '@/lib/testing/test-session'

let api: TestApi
let instanceId: string

beforeAll(async () => {
  api = await openTestApi()
  instanceId = (await api.makeRepository()).instanceId
})
afterAll(() => api.close())

async function keptRecords(): Promise<string> {
  return JSON.stringify(await api.ctx.db.prisma.idempotencyRecord.findMany())
}

const shown = [
  ['a robot', '/instances/{instanceId}/robots', () => ({ name: uniqueName() }), 'secret'],
  ['a temporary token', '/instances/{instanceId}/credentials/temporary-token', () => ({}), 'token'],
  ['an access key', '/access-keys', () => ({}), 'secret'],
] as const

test.each(shown)(
  '%s that is made is shown again to a repeated request, and kept sealed',
  async (_, path, make, field) => {
    const call = { body: make(), headers: { 'idempotency-key': uniqueName() } }
    const [first, second] = [
      await api.call('POST', path, { instanceId }, call),
      await api.call('POST', path, { instanceId }, call),
    ]
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.json).toEqual(first.json)
    const secret = first.json[field] as string
    expect(secret).toHaveLength(43)
    expect(await keptRecords()).not.toContain(secret)
  },
)

test('a repeated request for a new secret of a robot changes it once', async () => {
  const robot = await api.call(
    'POST',
    '/instances/{instanceId}/robots',
    { instanceId },
    { body: { name: uniqueName() } },
  )
  const headers = { 'idempotency-key': uniqueName() }
  const rotate = () => api.call('POST', '/robots/{robotId}/secret', { robotId: robot.json.id }, { headers })
  const [first, second] = [await rotate(), await rotate()]
  expect(second.json['secret']).toBe(first.json['secret'])
  expect(second.headers.get('etag')).toBe('"2"')
})

test('every answer that shows a secret is of an operation that says so', () => {
  const secrets = Object.values(operations).flatMap((operation) => {
    if (!('response' in operation) || !('shape' in operation.response)) return []
    const fields = Object.keys(operation.response.shape)
    // The path of an invitation has its token.
    const secret = /invit/i.test(operation.id) ? /^path$/ : /^(?:secret|token|password|recoveryCodes)$/
    const hasSecret = fields.some((field) => secret.test(field))
    return hasSecret === 'showsSecret' in operation ? [] : [operation.id]
  })
  expect(secrets).toEqual([])
})

test('what is kept goes after its day, whether or not anybody asks for anything', async () => {
  const call = { body: { name: uniqueName() }, headers: { 'idempotency-key': uniqueName() } }
  await api.call('POST', '/instances/{instanceId}/robots', { instanceId }, call)
  const { db } = api.ctx
  const kept = await db.prisma.idempotencyRecord.count()
  await sweepKeptAnswers(db)
  expect(await db.prisma.idempotencyRecord.count()).toBe(kept)
  await sweepKeptAnswers(db, new Date(Date.now() + 25 * 3_600_000))
  expect(await db.prisma.idempotencyRecord.count()).toBe(0)
})

test('of a body no hash is kept that passwords could be tried on', async () => {
  const before = await keptRecords()
  const body = { name: uniqueName() }
  const key = uniqueName()
  await api.call(
    'POST',
    '/instances/{instanceId}/namespaces',
    { instanceId },
    { body, headers: { 'idempotency-key': key } },
  )
  const kept = await api.ctx.db.prisma.idempotencyRecord.findMany()
  const added = kept.filter((record) => !before.includes(record.id))
  expect(added).toHaveLength(1)
  const path = `/api/v1/instances/${instanceId}/namespaces`
  for (const text of [`${path}\0${JSON.stringify(body)}`, `${added[0]?.id}\0${path}\0${JSON.stringify(body)}`]) {
    expect(added[0]?.requestHash).not.toBe(createHash('sha256').update(text).digest('hex'))
  }
})

describe('what proves a secret is not kept, key or not', () => {
  test('a failed log-on by whoever is logged on leaves its record', async () => {
    const person = await TestPerson.make(api)
    await person.logOn()
    const failures = () =>
      api.ctx.db.prisma.auditEvent.count({ where: { action: 'LOG_ON_FAILED', targetName: 'admin' } })
    expect(await failures()).toBe(0)
    const answer = await person.call('POST', '/session', {
      body: { userName: 'admin', password: 'a-guess-at-a-password' },
      headers: { 'idempotency-key': uniqueName() },
    })
    expect(answer.status).toBe(401)
    expect(await failures()).toBe(1)
  })

  test('so does a wrong password of one’s own', async () => {
    const person = await TestPerson.make(api)
    await person.logOn()
    for (const path of ['second-factor', 'second-factor/recovery-codes', 'second-factor/removal']) {
      const answer = await person.call('POST', `/profile/${path}`, {
        body: { password: 'a-guess-at-a-password' },
        headers: { 'idempotency-key': uniqueName() },
      })
      expect(answer.status).toBe(400)
    }
    const where = { action: 'LOG_ON_FAILED', targetName: person.name }
    expect(await api.ctx.db.prisma.auditEvent.count({ where })).toBe(3)
  })

  test('many at once, some with a key, hold nothing up', async () => {
    const person = await TestPerson.make(api)
    await person.logOn()
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        person.call('POST', '/session', {
          body: { userName: person.name, password: person.password, code: '000000' },
          headers: i % 3 === 0 ? { 'idempotency-key': uniqueName() } : {},
        }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(201))
  })
})

describe('a caller who may no longer do it does not get the kept answer', () => {
  let worldApi: TestApi
  let world: TestWorld

  beforeAll(async () => {
    worldApi = await openTestApi()
    world = new TestWorld(worldApi.ctx)
    await world.build()
  }, 60_000)
  afterAll(() => worldApi.close())

  const repeatable = restRows.filter(
    ({ operation, answers }) =>
      takesIdempotencyKey(operations[operation as keyof typeof operations]) && answers.get('admin') === 'ok',
  )

  test.each(repeatable.map((row) => [`${row.operation} ${row.about}`, row] as const))('%s', async (key, row) => {
    const { prisma } = worldApi.ctx.db
    const running = { where: { state: 'RUNNING' } } as const
    await vi.waitFor(async () => expect(await prisma.maintenanceRun.count(running)).toBe(0), { timeout: 30_000 })
    await world.reset()
    const operation: Operation = operations[row.operation as keyof typeof operations]
    const given = accessRequests[key] ?? {}
    const { params = {}, body, prepare } = typeof given === 'function' ? given('admin') : given
    await prepare?.(worldApi.ctx)
    const headers = { authorization: byAccessKey('admin'), 'idempotency-key': uniqueName() }
    const ask = () => worldApi.call(operation.method, operation.path, params, { headers, ...(body && { body }) })

    const first = await ask()
    expect(first.status).toBe(operation.status)
    expect((await ask()).json).toEqual(first.json)
    await prisma.user.update({ where: { id: userId('admin') }, data: { role: 'MEMBER' } })
    const repeated = await ask()

    const expected = row.answers.get('none')
    if (expected === 'ok') {
      expect(repeated.json).toEqual(first.json)
    } else {
      // A namespace that is not seen is no valid field of a new request; of a repeated one it is just not there.
      expect(String(repeated.status)).toBe(expected === '400' ? '404' : expected)
      expect(repeated.json).not.toHaveProperty('secret')
    }
  })

  test('there is a request of each operation that takes a key', () => {
    const ids = Object.values<Operation>(operations)
      .filter(takesIdempotencyKey)
      .map(({ id }) => id)
    expect([...new Set(repeatable.map(({ operation }) => operation))].sort()).toEqual(ids.sort())
  })
})

import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApi, openTestApi, uniqueName } from './test-api'
import { operations } from './operations'

let api: TestApi
let instanceId: string

beforeAll(async () => {
  api = await openTestApi()
  instanceId = (await api.makeRepository()).instanceId
})
afterAll(() => api.close())

async function keptRecords(): Promise<string> {
  return JSON.stringify(await api.ctx.db.idempotencyRecord.findMany())
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
    const hasSecret = fields.some((field) => /^(?:secret|token|password|recoveryCodes)$/.test(field))
    return hasSecret === 'showsSecret' in operation ? [] : [operation.id]
  })
  expect(secrets).toEqual([])
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
  const kept = await api.ctx.db.idempotencyRecord.findMany()
  const added = kept.filter((record) => !before.includes(record.id))
  expect(added).toHaveLength(1)
  const path = `/api/v1/instances/${instanceId}/namespaces`
  for (const text of [`${path}\0${JSON.stringify(body)}`, `${added[0]?.id}\0${path}\0${JSON.stringify(body)}`]) {
    expect(added[0]?.requestHash).not.toBe(createHash('sha256').update(text).digest('hex'))
  }
})

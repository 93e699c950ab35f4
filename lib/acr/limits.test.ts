import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { ensureFirstAdministrator } from '@/lib/auth/first-administrator'
import { Attempts } from '@/lib/auth/guessing/attempts'
import { type AcrDoor, addAccessKey, openAcrDoor } from '@/lib/testing/acr-door'
import { type AcrKey, signRequest } from '@/lib/testing/acr-signer'
import { type TestContext, administratorPassword, openTestContext } from '@/lib/testing/test-context'
import { action } from './action'

/* What a context limits or loses, so each test has one of its own. */

let opened: TestContext
let door: AcrDoor
let key: AcrKey
let done = 0

const actions = {
  Count: action({
    name: 'Count',
    input: z.object({}),
    async run() {
      done += 1
      return Promise.resolve({})
    },
  }),
}

async function open(attempts = new Attempts(undefined, 100), requestsPerMinute = 1000): Promise<void> {
  opened = await openTestContext({}, { attempts })
  await ensureFirstAdministrator(opened.ctx, { password: administratorPassword, accessKey: null })
  key = await addAccessKey(opened.ctx, 'admin')
  door = await openAcrDoor(opened.ctx, { actions, requestsPerMinute })
  done = 0
}

afterEach(async () => {
  door.close()
  await opened.close()
})

const many = { failures: 100_000, windowSeconds: 900 }

test.each(['V1', 'V3'] as const)('wrong signatures with %s are limited for each address', async (scheme) => {
  await open(
    new Attempts({ pair: many, account: many, address: many, loopback: { failures: 5, windowSeconds: 900 } }, 100),
  )
  const codeOf = async (given: AcrKey) => {
    const { status, json, headers } = await door.call(given, 'Count', {}, { scheme })
    return [status, json.Code, headers['x-acs-retry-after'] !== undefined]
  }
  for (let i = 0; i < 3; i++) {
    expect(await codeOf({ id: key.id, secret: `guess ${i}` })).toEqual([400, 'SignatureDoesNotMatch', false])
  }
  for (let i = 0; i < 2; i++) {
    expect(await codeOf({ id: `KEYOFNOBODY${i}`, secret: 'x' })).toEqual([404, 'InvalidAccessKeyId.NotFound', false])
  }
  for (const given of [key, { id: key.id, secret: 'x' }, { id: 'KEYOFNOBODY', secret: 'x' }]) {
    expect(await codeOf(given)).toEqual([429, 'Throttling.User', true])
  }
  expect(done).toBe(0)
  // No stranger has used up a nonce.
  expect(await opened.ctx.db.read.$queryRaw`SELECT "id" FROM "SignatureNonce"`).toEqual([])
})

test.each(['V1', 'V3'] as const)(
  'without the database, nothing is done for a request signed with %s',
  async (scheme) => {
    await open()
    const request = signRequest(key, 'Count', {}, { scheme })
    await opened.ctx.db.close()
    const { status, json } = await door.send(request)
    expect([status, json.Code, done]).toEqual([503, 'ServiceUnavailable', 0])
  },
)

test.each(['V1', 'V3'] as const)(
  'without room for the nonce, nothing is done for a request signed with %s',
  async (scheme) => {
    await open()
    await opened.ctx.db.transaction((tx) => tx.$executeRaw`DROP TABLE "SignatureNonce"`)
    const { status, json } = await door.call(key, 'Count', {}, { scheme })
    expect([status, json.Code, done]).toEqual([503, 'ServiceUnavailable', 0])
  },
)

test('a client that has signed lately is not locked out by others at its address', async () => {
  await open(
    new Attempts({ pair: many, account: many, address: many, loopback: { failures: 5, windowSeconds: 900 } }, 100),
  )
  const codeOf = async (given: AcrKey) => (await door.call(given, 'Count')).json.Code
  expect(await codeOf(key)).toBe('success')
  for (let i = 0; i < 12; i++) await codeOf({ id: i % 2 === 0 ? key.id : 'KEYOFNOBODY', secret: `guess ${i}` })
  expect(await codeOf({ id: 'KEYOFNOBODY', secret: 'x' })).toBe('Throttling.User')
  expect(await codeOf(key)).toBe('success')
})

test('an access key has so many requests in a minute; the next leaves nothing behind', async () => {
  await open(undefined, 3)
  for (let i = 0; i < 3; i++) expect((await door.call(key, 'Count')).json.Code).toBe('success')
  const { status, json, headers } = await door.call(key, 'Count')
  expect([status, json.Code, Number(headers['retry-after']) > 0]).toEqual([429, 'Throttling.User', true])
  expect((await door.call({ ...key, secret: 'wrong' }, 'Count')).json.Code).toBe('SignatureDoesNotMatch')
  expect((await door.call(await addAccessKey(opened.ctx, 'admin'), 'Count')).json.Code).toBe('success')
  expect(done).toBe(4)
  expect(await opened.ctx.db.read.$queryRaw`SELECT "id" FROM "SignatureNonce"`).toHaveLength(4)
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ensureFirstAdministrator } from '@/lib/auth/first-administrator'
import { type AcrDoor, type AcrKey, addAccessKey, openAcrDoor } from '@/lib/testing/acr-door'
import { type TestContext, administratorPassword, openTestContext } from '@/lib/testing/test-context'

let test1: TestContext
let door: AcrDoor
let key: AcrKey

beforeEach(async () => {
  test1 = await openTestContext()
  await ensureFirstAdministrator(test1.ctx, { password: administratorPassword, accessKey: null })
  key = await addAccessKey(test1.ctx, 'admin')
  door = await openAcrDoor(test1.ctx)
})

afterEach(async () => {
  door.close()
  await test1.close()
})

describe.each(['V1', 'V3'] as const)('a request signed with %s', (scheme) => {
  test.each([{ method: 'POST' }, { method: 'GET' }, { method: 'POST', inBody: true }] as const)(
    'is answered: %o',
    async (how) => {
      const { status, json } = await door.call(key, 'GetInstanceCount', {}, { scheme, ...how })
      expect([status, json]).toEqual([
        200,
        { Count: 0, RequestId: expect.stringMatching(/^[0-9A-F-]{36}$/) as string, Code: 'success', IsSuccess: true },
      ])
      expect(door.noted.map(({ door: name, route, error }) => [name, route, error])).toEqual([
        ['acr', 'GetInstanceCount', null],
      ])
    },
  )
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AcrParameters, acrCaller, outcomeOf, runAction } from '@/lib/testing/test-acr'
import { byPassword, userId } from '@/lib/testing/test-world'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import type { Principal } from '@/lib/domain/principal'

let doors: TestDoors
let admin: Principal
beforeAll(async () => {
  doors = await openTestDoors()
  const { id } = await doors.api.ctx.db.prisma.user.findFirstOrThrow({ where: { name: 'admin' } })
  admin = { ...acrCaller('admin'), id }
})
afterAll(() => doors.close())

const run = (name: string, parameters: AcrParameters, by = admin) =>
  runAction(doors.api.ctx, by, name, { InstanceId: doors.params.instanceId, ...parameters })

async function logsOn(name: string, password: string): Promise<boolean> {
  const headers = { authorization: byPassword(name, password) }
  const { status } = await doors.registry.send('GET', '/v2/test/example/tags/list', { headers })
  return status === 200
}

test('ResetLoginPassword sets the caller’s registry password', async () => {
  await run('ResetLoginPassword', { Password: 'Registry-1' })
  expect(await logsOn('admin', 'Registry-1')).toBe(true)
  await run('ResetLoginPassword', { Password: 'Registry-2' })
  expect([await logsOn('admin', 'Registry-1'), await logsOn('admin', 'Registry-2')]).toEqual([false, true])
})

test.each(['', 'short-1', 'onlyletters', '12345678', `a1${'x'.repeat(31)}`, 'with space 1', 'ümlaut-12'])(
  'ResetLoginPassword refuses %s',
  async (Password) => {
    expect(await outcomeOf(run('ResetLoginPassword', { Password }))).toBe('BAD_REQUEST Password')
  },
)

describe('GetAuthorizationToken', () => {
  test.each([
    [1, {}],
    [1, { ExpiresInHours: '' }],
    [24, { ExpiresInHours: '24' }],
  ])('makes a token of %i hours for %o, which pulls', async (hours, parameters: AcrParameters) => {
    const before = Date.now()
    const answer = await run('GetAuthorizationToken', parameters)
    expect(answer['TempUsername']).toBe('cr_temp_user')
    expect(await logsOn('cr_temp_user', String(answer['AuthorizationToken']))).toBe(true)
    const lifetime = Number(answer['ExpireTime']) - hours * 3_600_000
    expect(lifetime).toBeGreaterThanOrEqual(before)
    expect(lifetime).toBeLessThanOrEqual(Date.now())
  })

  test.each(['0', '25', '1.5', 'one'])('refuses %s hours', async (ExpiresInHours) => {
    expect(await outcomeOf(run('GetAuthorizationToken', { ExpiresInHours }))).toBe('BAD_REQUEST ExpiresInHours')
  })
})

test('a robot has neither', async () => {
  const robot: Principal = { ...admin, kind: 'robot', id: userId('robot'), role: 'MEMBER', name: 'robot+ci' }
  expect(await outcomeOf(run('ResetLoginPassword', { Password: 'Registry-3' }, robot))).toBe('DENIED')
  expect(await outcomeOf(run('GetAuthorizationToken', {}, robot))).toBe('DENIED')
})

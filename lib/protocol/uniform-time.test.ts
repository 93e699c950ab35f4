import { afterAll, beforeAll, expect, test } from 'vitest'
import { authenticateAccessKey } from '@/lib/auth/access-keys'
import { type TestRegistry, startTestRegistry } from './test-registry'

let registry: TestRegistry
let close: () => Promise<void>

beforeAll(async () => {
  ;({ registry, close } = await startTestRegistry())
  const { db } = registry.ctx
  await registry.addUser('known', 'registry-password-1')
  await registry.addUser('disabled', 'registry-password-1')
  await db.user.update({ where: { name: 'disabled' }, data: { isDisabled: true } })
  await db.user.create({ data: { id: 'usr-without', name: 'without', role: 'MEMBER', passwordHash: null } })
  await registry.addRobot('known', 'robot-secret-1')
  await registry.addRobot('expired', 'robot-secret-1', { expiresAt: new Date(0) })
})
afterAll(() => close())

/** The processor's time of this process, not the clock's: other processes do not count. In microseconds. */
async function costOf(attempt: (n: number) => Promise<unknown>, times: number): Promise<number> {
  const before = process.cpuUsage()
  for (let n = 0; n < times; n += 1) await attempt(n)
  const { user, system } = process.cpuUsage(before)
  return user + system
}

test('the registry takes as long for who is not there, or has no password, as for a wrong secret', async () => {
  const guess = (name: string) => async (n: number) => {
    const authorization = `Basic ${Buffer.from(`${name}:wrong-${n}`).toString('base64')}`
    const { status, json } = await registry.send('GET', '/v2/', { headers: { authorization } })
    return [status, json.errors?.[0]?.code, json.errors?.[0]?.message]
  }
  const answers = new Set<string>()
  await costOf(guess('warm'), 4)
  const costs: Record<string, number> = {}
  for (const name of ['known', 'nobody', 'without', 'disabled', 'robot+known', 'robot+nobody', 'robot+expired']) {
    costs[name] = await costOf(async (n) => answers.add(JSON.stringify(await guess(name)(n))), 8)
  }

  expect([...answers]).toHaveLength(1)
  for (const [name, cost] of Object.entries(costs)) {
    const ratio = cost / (costs['known'] ?? 0)
    expect(ratio, `${name} of ${JSON.stringify(costs)}`).toBeGreaterThan(0.5)
    expect(ratio, `${name} of ${JSON.stringify(costs)}`).toBeLessThan(2)
  }
})

test('an access key that is not there takes as long as a wrong secret', async () => {
  const { ctx } = registry
  await ctx.db.accessKey.create({
    data: { id: 'KNOWNKEY', userId: 'usr-without', sealedSecret: ctx.secrets.seal('secret-of-a-key', 'KNOWNKEY') },
  })
  const guess = (id: string) => () => authenticateAccessKey(ctx, id, 'wrong-secret-of-a-key')
  await costOf(guess('NOSUCHKEY'), 100)
  const [known, unknown] = [await costOf(guess('KNOWNKEY'), 400), await costOf(guess('NOSUCHKEY'), 400)]
  expect(unknown / known).toBeGreaterThan(0.5)
  expect(unknown / known).toBeLessThan(2)
})

import { hash, verify } from '@node-rs/argon2'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { authenticateAccessKey } from '@/lib/auth/access-keys'
import { Passwords } from '@/lib/secrets/passwords'
import { type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'

// What takes long enough to be seen is counted: a clock would tell more of the machine than of the code.
const counted = vi.fn(verify)

let registry: TestRegistry
let close: () => Promise<void>

beforeAll(async () => {
  ;({ registry, close } = await startTestRegistry({}, { passwords: new Passwords({ hash, verify: counted }) }))
  const { db } = registry.ctx
  await registry.addUser('known', 'registry-password-1')
  await registry.addUser('disabled', 'registry-password-1')
  await db.prisma.user.update({ where: { name: 'disabled' }, data: { isDisabled: true } })
  await db.prisma.user.create({ data: { id: 'usr-without', name: 'without', role: 'MEMBER', passwordHash: null } })
  await registry.addRobot('known', 'robot-secret-1')
  await registry.addRobot('expired', 'robot-secret-1', { expiresAt: new Date(0) })
})
afterAll(() => close())

test('the registry does the same for who is not there, or has no password, as for a wrong secret', async () => {
  const answers = new Set<string>()
  const costs: Record<string, number> = {}
  for (const name of ['known', 'nobody', 'without', 'disabled', 'robot+known', 'robot+nobody', 'robot+expired']) {
    counted.mockClear()
    const authorization = `Basic ${Buffer.from(`${name}:wrong`).toString('base64')}`
    const { status, json } = await registry.send('GET', '/v2/', { headers: { authorization } })
    answers.add(JSON.stringify([status, json.errors]))
    costs[name] = counted.mock.calls.length
  }

  expect([...answers]).toHaveLength(1)
  expect(new Set(Object.values(costs)), JSON.stringify(costs)).toEqual(new Set([1]))
  // All at once too, with one secret: nobody waits for another's verification.
  counted.mockClear()
  const authorization = (n: number) => `Basic ${Buffer.from(`nobody-${n}:wrong`).toString('base64')}`
  const sendOne = (n: number) => registry.send('GET', '/v2/', { headers: { authorization: authorization(n) } })
  await Promise.all(Array.from({ length: 8 }, (_, n) => sendOne(n)))
  expect(counted.mock.calls).toHaveLength(8)
})

test('an access key that is not there costs what a wrong secret does', async () => {
  const { ctx } = registry
  const sealedSecret = ctx.secrets.seal('secret-of-a-key', 'KNOWNKEY')
  await ctx.db.prisma.accessKey.create({ data: { id: 'KNOWNKEY', userId: 'usr-without', sealedSecret } })
  const [opened, sealed] = [vi.spyOn(ctx.secrets, 'open'), vi.spyOn(ctx.secrets, 'seal')]
  const costOf = async (id: string) => {
    const before = opened.mock.calls.length + sealed.mock.calls.length
    expect(await authenticateAccessKey(ctx, { name: id, secret: 'wrong-secret-of-a-key' }, { address: '' })).toBeNull()
    return opened.mock.calls.length + sealed.mock.calls.length - before
  }
  expect(await costOf('KNOWNKEY')).toBe(1)
  expect(await costOf('NOSUCHKEY')).toBe(1)
})

import { setTimeout } from 'node:timers/promises'
import { hash, verify } from '@node-rs/argon2'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createSecret } from '@/lib/domain/random-secret'
import { Passwords } from '@/lib/secrets/passwords'
import { type TestRegistry, basic, startTestRegistry } from '@/lib/testing/test-registry'

/** How long a verification takes longer, in milliseconds: until all requests of a burst have arrived. */
let delayMs = 0

const counted = vi.fn(async (...given: Parameters<typeof verify>) => {
  await setTimeout(delayMs)
  return verify(...given)
})

let registry: TestRegistry
let close: () => Promise<void>

beforeAll(async () => {
  ;({ registry, close } = await startTestRegistry({}, { passwords: new Passwords({ hash, verify: counted }) }))
})
afterAll(() => close())

/** The ways to present a name and a secret to the registry; each answers with its status. */
const doors = {
  'Basic at /v2/': (name: string, secret: string) => get('/v2/', name, secret),
  'GET of a token': (name: string, secret: string) => get('/v2/token?service=localhost', name, secret),
  'POST of a token': async (username: string, password: string) => {
    const form = new URLSearchParams({ grant_type: 'password', username, password, client_id: 'test' })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return (await registry.send('POST', '/v2/token', { anonymous: true, headers, body: form.toString() })).status
  },
}

async function get(path: string, name: string, secret: string): Promise<number> {
  return (await registry.send('GET', path, { headers: { authorization: basic(name, secret) } })).status
}

/** How many answers had each status. */
function tally(statuses: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

let made = 0

/** Gives an account that has never logged on: a robot or a user with a registry password. */
async function makeAccount(kind: 'robot' | 'user') {
  const [name, secret] = [`account-${++made}`, createSecret()]
  if (kind === 'user') {
    await registry.addUser(name, secret)
    return { name, secret, rotate: () => Promise.reject(new Error('only robots rotate')) }
  }
  const id = await registry.addRobot(name, secret)
  const rotate = async () => {
    const next = createSecret()
    const secretHash = await registry.ctx.passwords.hash(next)
    await registry.ctx.db.prisma.robot.update({ where: { id }, data: { secretHash } })
    return next
  }
  return { name: `robot+${name}`, secret, rotate }
}

describe.each(Object.entries(doors))('%s', (_, send) => {
  test.each(['robot', 'user'] as const)('400 first log-ons of one %s at once cost one verification', async (kind) => {
    const { name, secret } = await makeAccount(kind)
    counted.mockClear()
    delayMs = 1000
    const statuses = await Promise.all(Array.from({ length: 400 }, () => send(name, secret)))
    delayMs = 0
    expect(tally(statuses)).toEqual({ 200: 400 })
    expect(counted).toHaveBeenCalledTimes(1)
  })

  test.each(['robot', 'user'] as const)('twelve empty and old secrets of a %s, then the right one', async (kind) => {
    const { name, secret } = await makeAccount(kind)
    counted.mockClear()
    for (let tries = 0; tries < 12; tries += 1) {
      expect([401, 400]).toContain(await send(name, ''))
      expect(await send(name, 'secret-of-yesterday')).toBe(401)
    }
    expect(counted).toHaveBeenCalledTimes(1)
    expect(await send(name, secret)).toBe(200)
  })

  test('pods with yesterday’s secret at the same address as those with the new one', async () => {
    const { name, secret: former, rotate } = await makeAccount('robot')
    expect(await send(name, former)).toBe(200)
    const current = await rotate()
    counted.mockClear()
    for (let round = 0; round < 5; round += 1) {
      const stale = Promise.all(Array.from({ length: 60 }, () => send(name, former)))
      const fresh = Promise.all(Array.from({ length: 20 }, () => send(name, current)))
      expect([tally(await stale), tally(await fresh)]).toEqual([{ 401: 60 }, { 200: 20 }])
    }
    expect(counted).toHaveBeenCalledTimes(2)
  })

  test('a robot comes in after thirty different wrong secrets; a person does not, unless it was proven just now', async () => {
    const [robot, stranger, proven] = [await makeAccount('robot'), await makeAccount('user'), await makeAccount('user')]
    expect(await send(proven.name, proven.secret)).toBe(200)
    for (const { name } of [robot, stranger, proven]) {
      for (let tries = 0; tries < 30; tries += 1) await send(name, `wrong-${tries}`)
    }
    expect(await send(robot.name, robot.secret)).toBe(200)
    expect(await send(stranger.name, stranger.secret)).toBe(429)
    expect(await send(proven.name, proven.secret)).toBe(200)
  })
})

test('a token that no longer exists is one failure, however often it is sent', async () => {
  for (let tries = 0; tries < 1200; tries += 1) {
    expect(await doors['Basic at /v2/']('cr_temp_user', 'token-of-yesterday')).toBe(401)
  }
  const { name, secret } = await makeAccount('user')
  expect(await doors['Basic at /v2/'](name, secret)).toBe(200)
})

test('failures that are not recorded take no lock of the database: pushes do not wait for stale clients', async () => {
  const { name } = await makeAccount('robot')
  for (let tries = 0; tries < 10; tries += 1) await doors['Basic at /v2/'](name, 'secret-of-yesterday')
  const transactions = vi.spyOn(registry.ctx.db, 'transaction')
  for (let tries = 0; tries < 10; tries += 1) await doors['Basic at /v2/'](name, 'secret-of-yesterday')
  expect(transactions).not.toHaveBeenCalled()
  transactions.mockRestore()
})

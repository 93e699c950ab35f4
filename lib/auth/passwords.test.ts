import { expect, test } from 'vitest'
import { hashPassword, verifyPassword, verifyPasswordOfMaybe } from './passwords'

test('a hash is argon2id with a salt of its own, and fits its password only', async () => {
  const [one, two] = [await hashPassword('password'), await hashPassword('password')]
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(one).not.toBe(two)
  expect(await verifyPassword(one, 'password')).toBe(true)
  expect(await verifyPassword(one, 'Password')).toBe(false)
  expect(await verifyPassword(one, '')).toBe(false)
  expect(await verifyPassword(one, 'x'.repeat(257))).toBe(false)
})

test('a hash that is not there fits nothing', async () => {
  const passwordHash = await hashPassword('password')
  expect(await verifyPasswordOfMaybe(passwordHash, 'password')).toBe(true)
  expect(await verifyPasswordOfMaybe(undefined, 'password')).toBe(false)
  expect(await verifyPasswordOfMaybe(undefined, 'x'.repeat(257))).toBe(false)
})

/** The processor's time of this process, not the clock's: other processes do not count. In microseconds. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

test('without a hash it costs as much argon2 as with one, also where the same secret is tried on many at once', async () => {
  const hashes = await Promise.all(Array.from({ length: 8 }, () => hashPassword('password')))
  await verifyPasswordOfMaybe(undefined, 'warm')
  const known = await costOf(() => Promise.all(hashes.map((one) => verifyPasswordOfMaybe(one, 'wrong'))))
  const unknown = await costOf(() => Promise.all(hashes.map(() => verifyPasswordOfMaybe(undefined, 'wrong'))))
  expect(unknown / known).toBeGreaterThan(0.5)
  expect(unknown / known).toBeLessThan(2)
})

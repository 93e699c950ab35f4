import { verify } from '@node-rs/argon2'
import { expect, test, vi } from 'vitest'
import { hashPassword, verifyPassword, verifyPasswordOfMaybe } from './passwords'

vi.mock('@node-rs/argon2', { spy: true })

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

test('without a hash it costs the argon2 that it costs with one, also where the same secret is tried on many at once', async () => {
  const hashes = await Promise.all(Array.from({ length: 8 }, () => hashPassword('password')))
  const costOf = async (tried: readonly (string | undefined)[]) => {
    vi.mocked(verify).mockClear()
    await Promise.all(tried.map((one) => verifyPasswordOfMaybe(one, 'wrong')))
    return vi.mocked(verify).mock.calls.map(([hashed]) => parametersOf(String(hashed)))
  }
  const known = await costOf(hashes)
  expect(known).toEqual(Array(8).fill('$argon2id$v=19$m=19456,t=2,p=1'))
  expect(await costOf(hashes.map(() => undefined))).toEqual(known)
})

/** What a verification costs: the algorithm and its parameters, without salt and hash. */
function parametersOf(hashed: string): string {
  return hashed.split('$').slice(0, -2).join('$')
}

import { hash, verify } from '@node-rs/argon2'
import { expect, test, vi } from 'vitest'
import { Passwords } from './passwords'

test('a hash is argon2id with a salt of its own, and fits its password only', async () => {
  const passwords = new Passwords()
  const [one, two] = [await passwords.hash('password'), await passwords.hash('password')]
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(one).not.toBe(two)
  expect(await passwords.verify(one, 'password')).toBe(true)
  expect(await passwords.verify(one, 'Password')).toBe(false)
  expect(await passwords.verify(one, '')).toBe(false)
  expect(await passwords.verify(one, 'x'.repeat(257))).toBe(false)
})

test('a hash that is not there fits nothing', async () => {
  const passwords = new Passwords()
  const passwordHash = await passwords.hash('password')
  expect(await passwords.verify(passwordHash, 'password')).toBe(true)
  expect(await passwords.verify(undefined, 'password')).toBe(false)
  expect(await passwords.verify(undefined, 'x'.repeat(257))).toBe(false)
})

test('without a hash it costs the argon2 that it costs with one, also where the same secret is tried on many at once', async () => {
  const counted = vi.fn(verify)
  const passwords = new Passwords({ hash, verify: counted })
  const hashes = await Promise.all(Array.from({ length: 8 }, () => passwords.hash('password')))
  const costOf = async (tried: readonly (string | undefined)[]) => {
    counted.mockClear()
    await Promise.all(tried.map((one) => passwords.verify(one, 'wrong')))
    return counted.mock.calls.map(([hashed]) => parametersOf(String(hashed)))
  }
  const known = await costOf(hashes)
  expect(known).toEqual(Array(8).fill('$argon2id$v=19$m=19456,t=2,p=1'))
  expect(await costOf(hashes.map(() => undefined))).toEqual(known)
})

/** What a verification costs: the algorithm and its parameters, without salt and hash. */
function parametersOf(hashed: string): string {
  return hashed.split('$').slice(0, -2).join('$')
}

import { expect, test, vi } from 'vitest'
import { VerifiedSecrets } from './verified-secrets'

const yes = () => Promise.resolve(true)

test('a success is remembered for that secret and that hash only', async () => {
  const secrets = new VerifiedSecrets(10)
  const verify = vi.fn(yes)
  await secrets.check('hash', 'secret', verify)
  await secrets.check('hash', 'secret', verify)
  expect(verify).toHaveBeenCalledTimes(1)
  expect(await secrets.check('hash', 'other', () => Promise.resolve(false))).toBe(false)
  expect(await secrets.check('changed hash', 'secret', () => Promise.resolve(false))).toBe(false)
})

test('a failure is not remembered', async () => {
  const secrets = new VerifiedSecrets(10)
  expect(await secrets.check('hash', 'secret', () => Promise.resolve(false))).toBe(false)
  expect(await secrets.check('hash', 'secret', yes)).toBe(true)
})

test('asked at the same time, it is verified once; a verification that breaks down is forgotten', async () => {
  const secrets = new VerifiedSecrets(10)
  const verify = vi.fn(yes)
  const answers = await Promise.all(Array.from({ length: 20 }, () => secrets.check('hash', 'secret', verify)))
  expect(answers).toEqual(Array.from({ length: 20 }, () => true))
  expect(verify).toHaveBeenCalledTimes(1)
  await expect(secrets.check('hash', 'broken', () => Promise.reject(new Error('busy')))).rejects.toThrow('busy')
  expect(await secrets.check('hash', 'broken', yes)).toBe(true)
})

test('beyond its capacity the one unused for longest is forgotten', async () => {
  const secrets = new VerifiedSecrets(2)
  const verify = vi.fn(yes)
  for (const secret of ['a', 'b', 'a', 'c']) await secrets.check('hash', secret, verify)
  expect(verify).toHaveBeenCalledTimes(3)
  await secrets.check('hash', 'a', verify)
  expect(verify).toHaveBeenCalledTimes(3)
  await secrets.check('hash', 'b', verify)
  expect(verify).toHaveBeenCalledTimes(4)
})

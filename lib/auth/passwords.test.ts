import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLogger } from '@/lib/log'
import { openTestDatabase } from '@/lib/metadata/test-database'
import { authenticateAccessKey } from './access-keys'
import { SecretBox } from './secret-box'
import { authenticatePassword, hashPassword, verifyPassword } from './passwords'

const log = createLogger('silent')
const secrets = new SecretBox(Buffer.alloc(32, 1))
let opened: Awaited<ReturnType<typeof openTestDatabase>>

beforeAll(async () => {
  opened = await openTestDatabase()
  const user = { id: 'usr-1', name: 'admin', role: 'ADMINISTRATOR' } as const
  await opened.db.user.create({ data: { ...user, passwordHash: await hashPassword('first password') } })
  await opened.db.accessKey.create({
    data: { id: 'KEY1', userId: 'usr-1', sealedSecret: secrets.seal('a secret', 'KEY1') },
  })
})
afterAll(() => opened.close())

test('a hash is argon2id with a salt of its own, and fits its password only', async () => {
  const [one, two] = [await hashPassword('password'), await hashPassword('password')]
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(one).not.toBe(two)
  expect(await verifyPassword(one, 'password')).toBe(true)
  expect(await verifyPassword(one, 'Password')).toBe(false)
  expect(await verifyPassword(one, '')).toBe(false)
  expect(await verifyPassword(one, 'x'.repeat(257))).toBe(false)
})

describe('authentication', () => {
  test('by name and password: the user, without the hash', async () => {
    const user = await authenticatePassword(opened.db, 'admin', 'first password')
    expect(user).toEqual({
      id: 'usr-1',
      name: 'admin',
      displayName: '',
      isDisabled: false,
      role: 'ADMINISTRATOR',
    })
  })

  test.each([
    ['admin', 'wrong'],
    ['admin', ''],
    ['nobody', 'first password'],
    ['', ''],
  ])('%j with %j is nobody', async (name, password) => {
    expect(await authenticatePassword(opened.db, name, password)).toBeNull()
  })

  test('by access key: the same user; its id with the password is nobody', async () => {
    expect(await authenticateAccessKey({ db: opened.db, secrets, log }, 'KEY1', 'a secret')).toMatchObject({
      id: 'usr-1',
    })
    expect(await authenticateAccessKey({ db: opened.db, secrets, log }, 'KEY1', 'first password')).toBeNull()
    expect(await authenticateAccessKey({ db: opened.db, secrets, log }, 'KEY2', 'a secret')).toBeNull()
  })

  test('a changed password counts at once, and the former one no more, remembered or not', async () => {
    const passwordHash = await hashPassword('second password')
    expect(await authenticatePassword(opened.db, 'admin', 'first password')).not.toBeNull()
    await opened.db.user.update({ where: { id: 'usr-1' }, data: { passwordHash } })
    expect(await authenticatePassword(opened.db, 'admin', 'first password')).toBeNull()
    expect(await authenticatePassword(opened.db, 'admin', 'second password')).not.toBeNull()
  })

  test('a deleted user is nobody at once, and so is the access key', async () => {
    expect(await authenticatePassword(opened.db, 'admin', 'second password')).not.toBeNull()
    await opened.db.user.delete({ where: { id: 'usr-1' } })
    expect(await authenticatePassword(opened.db, 'admin', 'second password')).toBeNull()
    expect(await authenticateAccessKey({ db: opened.db, secrets, log }, 'KEY1', 'a secret')).toBeNull()
  })
})

test('an unknown user costs as much argon2 as a wrong password', async () => {
  const { db } = opened
  const passwordHash = await hashPassword('password')
  await db.user.create({ data: { id: 'usr-2', name: 'known', role: 'MEMBER', passwordHash } })
  // The processor's time, not the clock's: other processes do not count.
  const cost = async (name: string) => {
    const before = process.cpuUsage()
    for (let attempt = 0; attempt < 8; attempt += 1) await authenticatePassword(db, name, `wrong ${name} ${attempt}`)
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
  await cost('unknown')
  const [known, unknown] = [await cost('known'), await cost('unknown')]
  expect(unknown / known).toBeGreaterThan(0.5)
  expect(unknown / known).toBeLessThan(2)
})

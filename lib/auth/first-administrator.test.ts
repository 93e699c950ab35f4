import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isRegistryPassword } from '@/lib/domain/registry-password'
import { openTestDatabase } from '@/lib/testing/test-database'
import { ensureFirstAdministrator } from './first-administrator'
import { verifyPassword } from '@/lib/secrets/passwords'
import { SecretBox } from '@/lib/secrets/secret-box'

const secrets = new SecretBox(Buffer.alloc(32, 1))
let opened: Awaited<ReturnType<typeof openTestDatabase>>

beforeEach(async () => {
  opened = await openTestDatabase()
})
afterEach(() => opened.close())

function createDefaultInstance() {
  const instance = { id: 'cri-1', name: 'example', regionId: 'cn-hangzhou', specification: 'x', isDefault: true }
  return opened.db.prisma.instance.create({ data: instance })
}

function makeFirst(password: string | null) {
  return ensureFirstAdministrator(opened.db, secrets, { password, accessKey: null })
}

describe("the first administrator's registry password", () => {
  test('is the one given for the console, at the default instance', async () => {
    await createDefaultInstance()
    expect(await makeFirst('correct-horse-battery')).toBeNull()
    const [set, ...others] = await opened.db.prisma.registryPassword.findMany()
    expect(others).toEqual([])
    expect(set?.instanceId).toBe('cri-1')
    expect(await verifyPassword(set?.passwordHash ?? '', 'correct-horse-battery')).toBe(true)
  })

  test('is the one that was generated, which the rule of registries takes', async () => {
    await createDefaultInstance()
    const generated = (await makeFirst(null)) ?? ''
    expect(isRegistryPassword(generated)).toBe(true)
    const [set] = await opened.db.prisma.registryPassword.findMany()
    expect(await verifyPassword(set?.passwordHash ?? '', generated)).toBe(true)
  })

  test('is not set when the one given for the console is none that a registry takes', async () => {
    await createDefaultInstance()
    await makeFirst('correct horse battery staple')
    expect(await opened.db.prisma.registryPassword.count()).toBe(0)
    expect(await opened.db.prisma.user.count()).toBe(1)
  })

  test('is not set while there is no instance', async () => {
    await makeFirst('correct-horse-battery')
    expect(await opened.db.prisma.registryPassword.count()).toBe(0)
  })
})

test('a password that no user could choose is refused, and makes nobody', async () => {
  await expect(makeFirst('password1234')).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  expect(await opened.db.prisma.user.count()).toBe(0)
})

test('a password given at a later start changes nothing', async () => {
  await createDefaultInstance()
  await makeFirst('correct-horse-battery')
  const before = await opened.db.prisma.registryPassword.findMany()
  await makeFirst('another-password-1')
  expect(await opened.db.prisma.registryPassword.findMany()).toEqual(before)
  expect(await opened.db.prisma.user.count()).toBe(1)
})

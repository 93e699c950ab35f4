import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isRegistryPassword } from '@/lib/domain/registry-password'
import { type TestContext, openTestContext } from '@/lib/testing/test-context'
import { ensureFirstAdministrator } from './first-administrator'

let ctx: TestContext['ctx']
let close: TestContext['close']

beforeEach(async () => ({ ctx, close } = await openTestContext()))
afterEach(() => close())

function createDefaultInstance() {
  const instance = { id: 'cri-1', name: 'example', regionId: 'cn-hangzhou', specification: 'x', isDefault: true }
  return ctx.db.prisma.instance.create({ data: instance })
}

function makeFirst(password: string | null) {
  return ensureFirstAdministrator(ctx, { password, accessKey: null })
}

describe("the first administrator's registry password", () => {
  test('is the one given for the console, at the default instance', async () => {
    await createDefaultInstance()
    expect(await makeFirst('correct-horse-battery')).toBeNull()
    const [set, ...others] = await ctx.db.prisma.registryPassword.findMany()
    expect(others).toEqual([])
    expect(set?.instanceId).toBe('cri-1')
    expect(await ctx.passwords.verify(set?.passwordHash ?? '', 'correct-horse-battery')).toBe(true)
  })

  test('is the one that was generated, which the rule of registries takes', async () => {
    await createDefaultInstance()
    const generated = (await makeFirst(null)) ?? ''
    expect(isRegistryPassword(generated)).toBe(true)
    const [set] = await ctx.db.prisma.registryPassword.findMany()
    expect(await ctx.passwords.verify(set?.passwordHash ?? '', generated)).toBe(true)
  })

  test('is not set when the one given for the console is none that a registry takes', async () => {
    await createDefaultInstance()
    await makeFirst('correct horse battery staple')
    expect(await ctx.db.prisma.registryPassword.count()).toBe(0)
    expect(await ctx.db.prisma.user.count()).toBe(1)
  })

  test('is not set while there is no instance', async () => {
    await makeFirst('correct-horse-battery')
    expect(await ctx.db.prisma.registryPassword.count()).toBe(0)
  })
})

test('a password that no user could choose is refused, and makes nobody', async () => {
  await expect(makeFirst('password1234')).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  expect(await ctx.db.prisma.user.count()).toBe(0)
})

test('a password given at a later start changes nothing', async () => {
  await createDefaultInstance()
  await makeFirst('correct-horse-battery')
  const before = await ctx.db.prisma.registryPassword.findMany()
  await makeFirst('another-password-1')
  expect(await ctx.db.prisma.registryPassword.findMany()).toEqual(before)
  expect(await ctx.db.prisma.user.count()).toBe(1)
})

import { afterEach, beforeEach, expect, test } from 'vitest'
import { listAuditEvents } from '@/lib/metadata/audit-listing'
import { type TestContext, openTestContext } from '@/lib/testing/test-context'

const actor = { name: 'admin', credential: 'session', address: '192.0.2.7', userAgent: 'agent' }
const failure = { actor, target: { type: 'USER', id: '', name: 'victim' }, reason: 'wrong password' } as const

let ctx: TestContext['ctx']
let close: TestContext['close']

beforeEach(async () => ({ ctx, close } = await openTestContext()))
afterEach(() => close())

const fail = (more: { readonly tried?: string } = {}) =>
  ctx.db.transaction((tx) => ctx.failedLogOns.record(tx, { ...failure, ...more }))
const list = () => listAuditEvents(ctx.db, {}, { order: 'oldest first', limit: 1000 })

test('of many failed log-ons a few are recorded, and how many were left out', async () => {
  for (let tries = 0; tries < 12; tries++) await fail()
  expect(await list()).toHaveLength(5)
  await ctx.failedLogOns.recordLeftOut(ctx.db, { isLast: true })
  expect((await list()).at(-1)).toMatchObject({
    action: 'LOG_ON_FAILED',
    targetName: 'victim',
    actor: 'admin',
    address: actor.address,
    after: '{"leftOut":7}',
    reason: '7 more failed log-ons within a minute',
  })
  await ctx.failedLogOns.recordLeftOut(ctx.db, { isLast: true })
  expect(await list()).toHaveLength(6)
})

test('the name that was typed tells failures apart, and is not recorded', async () => {
  for (let tries = 0; tries < 6; tries++) await fail({ tried: 'a-password-in-the-wrong-field' })
  await fail({ tried: 'another' })
  expect(await list()).toHaveLength(6)
  expect(JSON.stringify(await list())).not.toContain('wrong-field')
})

test('what was left out and could not be recorded is recorded the next time', async () => {
  for (let tries = 0; tries < 6; tries++) await fail()
  const broken = new Proxy(ctx.db, { get: () => { throw new Error('away') } }) // prettier-ignore
  await expect(ctx.failedLogOns.recordLeftOut(broken, { isLast: true })).rejects.toThrow()
  await ctx.failedLogOns.recordLeftOut(ctx.db)
  expect((await list()).at(-1)).toMatchObject({ after: '{"leftOut":1}' })
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { listAuditEvents } from '@/lib/metadata/audit-listing'
import { type TestContext, openTestContext } from '@/lib/testing/test-context'
import { auditHeadJob, leftOutLogOnsJob } from './keep-audit'

let ctx: TestContext['ctx']
let close: TestContext['close']

beforeEach(async () => ({ ctx, close } = await openTestContext()))
afterEach(() => close())

async function failTimes(times: number): Promise<void> {
  const actor = { name: 'anonymous', credential: 'password', address: '192.0.2.7', userAgent: '' }
  const target = { type: 'USER', id: '', name: 'victim' } as const
  for (let n = 0; n < times; n++) {
    await ctx.db.transaction((tx) => ctx.failedLogOns.record(tx, { actor, target, reason: 'wrong password' }))
  }
}

test('the head of the audit trail is logged at the start', async () => {
  await failTimes(1)
  const info = vi.spyOn(ctx.log, 'info')
  ctx.jobs.schedule([auditHeadJob])
  await ctx.jobs.stop()
  const [event] = await listAuditEvents(ctx.db, {}, { order: 'newest first', limit: 1 })
  expect(info).toHaveBeenCalledWith({ auditHead: `1:${event?.hash}` }, expect.any(String))
})

test('failed log-ons that were left out in this minute are recorded when the server stops', async () => {
  ctx.jobs.schedule([leftOutLogOnsJob])
  await failTimes(7)
  await ctx.jobs.stop()
  const [event] = await listAuditEvents(ctx.db, {}, { order: 'newest first', limit: 1 })
  expect(event?.after).toBe('{"leftOut":2}')
})

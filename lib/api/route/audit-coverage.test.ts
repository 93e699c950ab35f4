import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { systemPrincipal } from '@/lib/domain/principal'
import { restRows } from '@/e2e/access/rest'
import { TestWorld, sessionToken } from '@/lib/testing/test-world'
import messages from '@/lib/i18n/messages/en.json'
import { verifyAudit } from '@/lib/registry/audit/verify-audit'
import type { Operation } from '@/lib/api/operations/operation'
import { operations } from '@/lib/api/operations/operations'
import { accessRequests } from '@/lib/testing/test-access-requests'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'

/*
 * Every operation of the REST API that changes something leaves an audit event. The requests are those of the access
 * matrix which an administrator may make: an operation that has none there fails here, unless it is named below.
 */

/** Operations whose change needs more than one request, by the test that shows their event. */
const shownElsewhere: Readonly<Record<string, string>> = {
  confirmSecondFactor: 'app/api/v1/profile/second-factor/route.test.ts',
  createRecoveryCodes: 'app/api/v1/profile/second-factor/route.test.ts',
  removeSecondFactor: 'app/api/v1/profile/second-factor/route.test.ts',
}

/** Operations that change nothing that counts, and why. */
const withoutEvent: Readonly<Record<string, string>> = {
  checkImmutability: 'it answers a question and changes nothing',
  readInvitation: 'it answers a question and changes nothing',
  previewImmutabilityChange: 'it answers a question and changes nothing',
  createSecondFactor: 'what is set up counts for nothing until it is confirmed, and that is recorded',
}

/** What an administrator does that concerns no instance. */
const ofNoInstance =
  /Instance$|Key|User|SecondFactor|RecoveryCodes|Password$|Session|Invitation|GarbageCollection|Scrub/

const changing = Object.values<Operation>(operations).filter(({ method }) => method !== 'GET')

let api: TestApi
let world: TestWorld

beforeAll(async () => {
  api = await openTestApi()
  world = new TestWorld(api.ctx)
  await world.build()
}, 60_000)
afterAll(() => api.close())

/** Asks as the administrator; answers the events that came of it, or null where it was refused. */
async function ask(operation: Operation, key: string) {
  const { db } = api.ctx
  await vi.waitFor(async () => expect(await db.prisma.maintenanceRun.count({ where: { state: 'RUNNING' } })).toBe(0), {
    timeout: 30_000,
  })
  await api.ctx.jobs.settled()
  await world.reset()
  const given = accessRequests[key] ?? {}
  const { params = {}, query = '', body, prepare } = typeof given === 'function' ? given('admin') : given
  await prepare?.(api.ctx)
  const before = await db.prisma.auditEvent.findFirst({ orderBy: { id: 'desc' } })
  const headers = { cookie: `stele_session_3000=${sessionToken('admin')}`, origin: 'http://localhost:3000' }
  const options = { query, ...(body === undefined ? {} : { body }), anonymous: true, headers }
  const { status } = await api.call(operation.method, operation.path, params, options)
  const events = await db.prisma.auditEvent.findMany({ where: { id: { gt: before?.id ?? 0 } }, orderBy: { id: 'asc' } })
  return { isDone: status === operation.status, events }
}

describe('who, what, from where, before and after is recorded by', () => {
  test.each(changing.map((operation) => [operation.id, operation] as const))(
    '%s',
    { timeout: 60_000 },
    async (id, operation) => {
      const rows = restRows.filter((row) => row.operation === id && row.answers.get('admin')?.startsWith('ok'))
      const recorded = []
      for (const { about } of rows) {
        const { isDone, events } = await ask(operation, `${id} ${about}`)
        expect(isDone).toBe(true)
        recorded.push(...events)
      }
      expect(recorded.length > 0).toBe(!(id in shownElsewhere) && !(id in withoutEvent))
      for (const event of recorded) {
        expect(event).toMatchObject({
          actor: ['createSession', 'acceptInvitation'].includes(id) ? 'none' : 'admin',
          address: '192.0.2.7',
          userAgent: 'test',
        })
        expect(event.credential).not.toBe('')
        expect(event.targetId).not.toBe('')
        if (!/^LOG_/.test(event.action)) expect(event.before ?? event.after).not.toBeNull()
        if (!ofNoInstance.test(id)) expect(event.instanceId).toMatch(/^cri-/)
      }
    },
  )
})

test('the console has a word for each field of these events', async () => {
  const events = await api.ctx.db.prisma.auditEvent.findMany({ select: { before: true, after: true } })
  const facts = events.flatMap(({ before, after }) => [before, after]).map((json) => JSON.parse(json ?? '{}') as object)
  const fields = new Set(facts.flatMap((one) => Object.keys(one)))
  expect([...fields].filter((field) => !Object.hasOwn(messages.audit.fields, field))).toEqual([])
})

test('no exception is left over', () => {
  const ids = changing.map(({ id }) => id)
  expect(Object.keys({ ...shownElsewhere, ...withoutEvent }).filter((id) => !ids.includes(id))).toEqual([])
})

test('what is refused leaves no event, but for log-ons', async () => {
  const { isDone, events } = await ask(operations.deleteRepository, 'deleteRepository closed, immutable')
  expect({ isDone, events }).toEqual({ isDone: false, events: [] })
})

test('the trail of all of it is whole', async () => {
  expect((await verifyAudit(api.ctx, systemPrincipal, null)).problem).toBeNull()
})

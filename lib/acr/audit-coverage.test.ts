import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { acrRows } from '@/e2e/access/acr'
import { systemPrincipal } from '@/lib/domain/principal'
import { verifyAudit } from '@/lib/registry/audit/verify-audit'
import { type AcrDoor, openAcrDoor } from '@/lib/testing/acr-door'
import { acrRequests } from '@/lib/testing/acr-requests'
import { type TestContext, openTestContext } from '@/lib/testing/test-context'
import { TestWorld, accessKeyId, accessKeySecret, ids } from '@/lib/testing/test-world'

/*
 * Every action that changes something leaves an audit event, and none that reads leaves one. The requests are those of the
 * access matrix which an administrator may make.
 */

/** What each action records of the request of each of its rows: action and target of every event. */
const recorded: Readonly<Record<string, readonly string[]>> = {
  CreateNamespace: ['CREATE NAMESPACE'],
  UpdateNamespace: ['UPDATE NAMESPACE'],
  DeleteNamespace: ['DELETE REPOSITORY', 'DELETE NAMESPACE'],
  CreateRepository: ['CREATE REPOSITORY'],
  UpdateRepository: ['UPDATE REPOSITORY'],
  DeleteRepository: ['DELETE REPOSITORY'],
  CreateRepoTag: ['CREATE TAG'],
  DeleteRepoTag: ['DELETE TAG'],
  ResetLoginPassword: ['UPDATE REGISTRY_PASSWORD'],
  GetAuthorizationToken: ['CREATE TEMPORARY_TOKEN'],
}

let context: TestContext
let world: TestWorld
let door: AcrDoor

beforeAll(async () => {
  context = await openTestContext()
  world = new TestWorld(context.ctx)
  await world.build()
  door = await openAcrDoor(context.ctx)
}, 60_000)
afterAll(async () => {
  door.close()
  await context.close()
})

/** Asks as the administrator; answers what it got and the events that came of it. */
async function ask(action: string, about: string) {
  await world.reset()
  const { parameters, prepare } = acrRequests[`${action} ${about}`] ?? {}
  await prepare?.(context.ctx)
  const { prisma } = context.ctx.db
  const before = await prisma.auditEvent.findFirst({ orderBy: { id: 'desc' } })
  const key = { id: accessKeyId('admin'), secret: accessKeySecret }
  const { json } = await door.call(key, action, parameters)
  const events = await prisma.auditEvent.findMany({ where: { id: { gt: before?.id ?? 0 } }, orderBy: { id: 'asc' } })
  return { code: json.Code, json, events }
}

const rows = acrRows.filter((row) => row.answers.get('admin')?.startsWith('ok'))
const actions = [...new Set(acrRows.map(({ operation }) => operation))]

describe.each(actions)('%s', (action) => {
  test(`records ${recorded[action]?.join(', ') ?? 'nothing'}`, async () => {
    const asked = rows.filter(({ operation }) => operation === action)
    expect(asked).not.toEqual([])
    const expected = recorded[action] ?? []
    for (const { about } of asked) {
      const { code, events } = await ask(action, about)
      expect(code).toBe('success')
      const seen = events.map((event) => `${event.action} ${event.targetType}`)
      // The world has no password of the administrator in every instance, and more repositories in one namespace.
      const kinds = [...new Set(seen)].map((kind) =>
        kind.replace('CREATE REGISTRY_PASSWORD', 'UPDATE REGISTRY_PASSWORD'),
      )
      expect(kinds).toEqual(expected)
      for (const event of events) {
        expect(event).toMatchObject({ actor: 'admin', credential: accessKeyId('admin'), address: '127.0.0.1' })
        expect(event.targetId).not.toBe('')
        expect(event.before ?? event.after).not.toBeNull()
        expect([ids.main, ids.besideInstance]).toContain(event.instanceId)
      }
    }
  })
})

test('what is refused leaves no event', async () => {
  for (const [action, about] of [
    ['DeleteRepository', 'closed, immutable'],
    ['DeleteNamespace', 'team, immutable'],
    ['DeleteRepoTag', 'of closed, protected'],
    ['CreateRepoTag', 'in closed, over protected'],
  ] as const) {
    const { code, events } = await ask(action, about)
    expect({ code: code === 'success', events }).toEqual({ code: false, events: [] })
  }
})

test('no password and no token is in the trail', async () => {
  await ask('ResetLoginPassword', 'of main')
  const { json } = await ask('GetAuthorizationToken', 'of main')
  const all = await context.ctx.db.prisma.auditEvent.findMany()
  const trail = all.map(({ before, after }) => `${before} ${after}`).join()
  expect(trail).toContain('expiresAt')
  expect(trail).not.toContain('another-pw-1')
  expect(trail).not.toContain(json['AuthorizationToken'])
})

test('the trail of all of it is whole', async () => {
  expect((await verifyAudit(context.ctx, systemPrincipal, null)).problem).toBeNull()
})

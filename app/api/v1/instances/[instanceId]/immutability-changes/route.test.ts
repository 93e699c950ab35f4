import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import { immutabilityChangesJob } from '@/lib/registry/policy/continue-immutability-changes'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'

let api: TestApi
let instanceId: string
let namespaceId: string

beforeEach(async () => {
  api = await openTestApi()
  ;({ instanceId, namespaceId } = await api.makeRepository('a0'))
})
afterEach(() => api.close())

const list = '/instances/{instanceId}/immutability-changes'
const one = '/immutability-changes/{changeId}'
const enforce = { immutability: { mode: 'enforce' } }

/** Creates repositories `test/<name>`; returns their ids. */
async function make(...names: readonly string[]): Promise<string[]> {
  const ids: string[] = []
  for (const name of names) {
    const body = { namespace: 'test', name }
    ids.push((await api.call('POST', '/instances/{instanceId}/repositories', { instanceId }, { body })).json.id)
  }
  return ids
}

function start(body: object, headers: Readonly<Record<string, string>> = {}) {
  return api.call('POST', list, { instanceId }, { body, headers })
}

async function get(changeId: string, headers: Readonly<Record<string, string>> = {}) {
  return (await api.call('GET', one, { changeId }, { headers })).json
}

/** Starts a change, waits for its end and returns it. */
async function run(body: object, headers: Readonly<Record<string, string>> = {}) {
  const started = await start(body, headers)
  expect(started.status).toBe(202)
  await api.ctx.jobs.settled()
  return get(started.json.id, headers)
}

/** The modes of the repositories, by path. */
async function modes(): Promise<Record<string, string>> {
  const rows = await api.ctx.db.prisma.repository.findMany({ orderBy: { path: 'asc' } })
  return Object.fromEntries(rows.map(({ name, immutabilityMode }) => [name, immutabilityMode]))
}

/** Records a change that nobody works on, as a process leaves it that was killed after its answer. */
async function recordOnly(body: object, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const doNow = vi.spyOn(api.ctx.jobs, 'doNow').mockImplementation(() => {})
  const { json } = await start(body, headers)
  doNow.mockRestore()
  return json.id
}

const workOn = () => immutabilityChangesJob.work(api.ctx, false, new AbortController().signal)

/** Makes the transaction that makes this repository immutable fail, as often as said. */
function failAt(repositoryId: string, error: Error, times = Infinity): void {
  const { db } = api.ctx
  let left = times
  const transaction = db.transaction.bind(db)
  vi.spyOn(db, 'transaction').mockImplementation((work) =>
    transaction(async (tx) => {
      const result = await work(tx)
      const row = await tx.prisma.repository.findUnique({ where: { id: repositoryId } })
      if (row?.immutabilityMode === 'enforce' && left > 0) {
        left -= 1
        throw error
      }
      return result
    }),
  )
}

describe('a change', () => {
  test('of repositories by id says what it did with each', async () => {
    const [a1 = '', a2 = ''] = await make('a1', 'a2', 'a3')
    await api.call('PATCH', '/repositories/{repositoryId}', { repositoryId: a2 }, { body: { tagImmutability: true } })
    const started = await start({ ...enforce, repositoryIds: [a1, a2, 'crr-unknown'], reason: 'release' })
    expect(started.status).toBe(202)
    expect(started.headers.get('location')).toBe(`/api/v1/immutability-changes/${started.json.id}`)
    expect(started.json).toMatchObject({ state: 'RUNNING', total: 3, changed: 0, startedBy: 'admin', endedAt: null })
    await api.ctx.jobs.settled()
    expect(await get(started.json.id)).toMatchObject({
      state: 'SUCCEEDED',
      immutability: { mode: 'enforce' },
      reason: 'release',
      total: 3,
      changed: 1,
      unchanged: 1,
      failed: 1,
      skipped: 0,
      failures: [{ repositoryId: 'crr-unknown', repository: null, code: 'NOT_FOUND', message: 'not found' }],
      failure: null,
    })
    expect(await modes()).toEqual({ a0: 'off', a1: 'enforce', a2: 'enforce', a3: 'off' })
  })

  test('of all that match changes them like one by one: audit event, outbox, version and source', async () => {
    await make('b1', 'b2')
    expect(await run({ ...enforce, filter: { search: 'test/b' }, reason: 'why' })).toMatchObject({
      total: 2,
      changed: 2,
    })
    expect(await modes()).toEqual({ a0: 'off', b1: 'enforce', b2: 'enforce' })
    const { prisma } = api.ctx.db
    const events = await prisma.auditEvent.findMany({ where: { reason: 'why' }, orderBy: { id: 'asc' } })
    expect(events).toMatchObject([
      { action: 'START', targetType: 'IMMUTABILITY_CHANGE', instanceId, actor: 'admin' },
      { action: 'UPDATE', targetName: 'test/b1', after: '{"immutabilityMode":"enforce"}', address: '192.0.2.7' },
      { action: 'UPDATE', targetName: 'test/b2', credential: 'TESTKEY000000001' },
    ])
    const later = { kind: 'POLICY_CHANGED', NOT: { detail: { contains: '"former":null' } } }
    expect(await prisma.outboxEvent.count({ where: later })).toBe(2)
    expect(await prisma.repository.findFirst({ where: { name: 'b1' } })).toMatchObject({
      version: 2,
      immutabilitySource: 'repository',
      exemptTags: 'latest',
    })
  })

  test.each([
    [{ type: 'PUBLIC' }, ['p']],
    [{ namespace: 'test', name: 'b' }, ['b']],
    [{ namespace: 'other' }, []],
    [{ tagImmutability: true }, ['a0']],
    [{ immutabilityMode: 'enforce' }, ['a0']],
    [{ immutabilityMode: 'off' }, ['b', 'p']],
    [{}, ['a0', 'b', 'p']],
  ])('with the filter %j', async (filter, names) => {
    const body = { namespace: 'test', name: 'p', type: 'PUBLIC' }
    await api.call('POST', '/instances/{instanceId}/repositories', { instanceId }, { body })
    await make('b')
    await api.ctx.db.prisma.repository.updateMany({ where: { name: 'a0' }, data: { immutabilityMode: 'enforce' } })
    expect(await run({ immutability: { exemptTags: ['x-*'] }, filter })).toMatchObject({ changed: names.length })
    const rows = await api.ctx.db.prisma.repository.findMany({ where: { exemptTags: 'x-*' }, orderBy: { name: 'asc' } })
    expect(rows.map(({ name }) => name)).toEqual(names)
  })

  test('touches no repository of another instance, and none that is made while it runs', async () => {
    const other = await api.makeRepository('a9')
    const id = await recordOnly({ ...enforce, repositoryIds: [other.repositoryId] })
    await workOn()
    expect(await get(id)).toMatchObject({ failed: 1, failures: [{ code: 'NOT_FOUND', repository: 'test/a9' }] })
    const all = await recordOnly({ ...enforce, filter: {} })
    await make('later')
    await workOn()
    expect(await get(all)).toMatchObject({ total: 1, changed: 1 })
    expect(await modes()).toMatchObject({ a0: 'enforce', a9: 'off', later: 'off' })
  })

  test('overwrites what was changed meanwhile, and says what is gone', async () => {
    const [b1 = '', b2 = ''] = await make('b1', 'b2')
    const id = await recordOnly({ ...enforce, filter: { type: 'PRIVATE' } })
    const repository = '/repositories/{repositoryId}'
    await api.call('PATCH', repository, { repositoryId: b1 }, { body: { immutability: { mode: 'audit' } } })
    await api.call('DELETE', repository, { repositoryId: b2 })
    await workOn()
    expect(await get(id)).toMatchObject({ state: 'SUCCEEDED', total: 3, changed: 2, skipped: 1, failed: 0 })
    expect(await modes()).toEqual({ a0: 'enforce', b1: 'enforce' })
  })

  test.each([
    [{ ...enforce }, 'repositoryIds'],
    [{ ...enforce, repositoryIds: ['x'], filter: {} }, 'repositoryIds'],
    [{ ...enforce, repositoryIds: [] }, 'repositoryIds'],
    [{ ...enforce, repositoryIds: ['x', 'x'] }, 'repositoryIds'],
    [{ ...enforce, repositoryIds: Array.from({ length: 1001 }, (_, i) => `x${i}`) }, 'repositoryIds'],
    [{ immutability: {}, filter: {} }, 'immutability'],
    [{ ...enforce, filter: { colour: 'red' } }, 'filter.colour'],
  ])('that is not valid is refused: %#', async (body, path) => {
    const answer = await start(body)
    expect([answer.status, answer.json.errors.map((error) => error.path)]).toEqual([400, [path]])
  })

  test('is one at a time in an instance', async () => {
    await recordOnly({ ...enforce, filter: {} })
    expect(await start({ ...enforce, filter: {} })).toMatchObject({ status: 409, json: { code: 'ALREADY_RUNNING' } })
    await workOn()
    expect((await start({ ...enforce, filter: {} })).status).toBe(202)
  })

  test('is one for many requests at the same time, and for a repeated one', async () => {
    const headers = { 'idempotency-key': 'once' }
    const answers = await Promise.all(Array.from({ length: 6 }, () => start({ ...enforce, filter: {} }, headers)))
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(202))
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1)
    await api.ctx.jobs.settled()
    expect(await get(answers[0]?.json.id ?? '')).toMatchObject({ state: 'SUCCEEDED', changed: 1 })
  })
})

describe('after the end of its process', () => {
  test('it goes on where it was, once for each repository, by however many at the same time', async () => {
    await make(...Array.from({ length: 12 }, (_, i) => `c${i}`))
    const id = await recordOnly({ ...enforce, filter: {} })
    const stop = new AbortController()
    const first = immutabilityChangesJob.work(api.ctx, false, stop.signal)
    await vi.waitFor(async () => expect((await get(id))['changed']).toBeGreaterThan(0), { interval: 1 })
    stop.abort()
    await first
    const half = await get(id)
    expect(half).toMatchObject({ state: 'RUNNING' })
    expect(half['changed']).toBeLessThan(13)
    await Promise.all([workOn(), workOn(), workOn()])
    expect(await get(id)).toMatchObject({ state: 'SUCCEEDED', total: 13, changed: 13, unchanged: 0, failed: 0 })
    expect(await api.ctx.db.prisma.auditEvent.count({ where: { action: 'UPDATE' } })).toBe(13)
  })

  test('what it says is what it did, also where a transaction was lost', async () => {
    const [, c2 = ''] = await make('c1', 'c2', 'c3')
    const id = await recordOnly({ ...enforce, filter: {} })
    failAt(c2, new AppError('UNAVAILABLE'), 1)
    await expect(workOn()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await get(id)).toMatchObject({ state: 'RUNNING', changed: 2 })
    expect(await modes()).toEqual({ a0: 'enforce', c1: 'enforce', c2: 'off', c3: 'off' })
    await workOn()
    expect(await get(id)).toMatchObject({ state: 'SUCCEEDED', changed: 4, failed: 0 })
  })

  test('a database that does not let it go on for 15 minutes ends it, and says so', async () => {
    const [, c2 = ''] = await make('c1', 'c2')
    const id = await recordOnly({ ...enforce, filter: {} })
    failAt(c2, new AppError('UNAVAILABLE'))
    await expect(workOn()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await api.ctx.db.prisma.immutabilityChange.update({
      where: { id },
      data: { movedAt: new Date(Date.now() - 901_000) },
    })
    await expect(workOn()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await get(id)).toMatchObject({
      state: 'FAILED',
      changed: 2,
      failure: expect.stringMatching(/15 minutes/) as string,
    })
    expect(await modes()).toEqual({ a0: 'enforce', c1: 'enforce', c2: 'off' })
  })
})

describe('permission', () => {
  let member: { readonly authorization: string }
  let memberId: string

  beforeEach(async () => {
    member = { authorization: await api.makeMember() }
    memberId = (await api.ctx.db.prisma.user.findFirstOrThrow({ where: { name: 'member' } })).id
  })

  async function grant(scopeId: string, permission = 'MANAGE'): Promise<string> {
    const answer = await api.call('POST', '/grants', {}, { body: { subjectId: memberId, scopeId, permission } })
    expect(answer.status).toBe(201)
    return answer.json.id
  }

  test('of each repository decides: the others are neither changed nor shown', async () => {
    const [b1 = '', b2 = '', b3 = ''] = await make('b1', 'b2', 'b3')
    await grant(b1)
    await grant(b2, 'PULL')
    expect(await run({ ...enforce, filter: {} }, member)).toMatchObject({
      total: 1,
      changed: 1,
      skipped: 0,
      failures: [],
    })
    expect(await modes()).toEqual({ a0: 'off', b1: 'enforce', b2: 'off', b3: 'off' })
    const byId = await run({ immutability: { mode: 'audit' }, repositoryIds: [b1, b2, b3, 'crr-none'] }, member)
    expect(byId).toMatchObject({ total: 4, changed: 1, failed: 3 })
    const failures = Object.fromEntries(
      (byId['failures'] as { repositoryId: string; code: string; repository: string | null }[]).map((failure) => [
        failure.repositoryId,
        [failure.code, failure.repository],
      ]),
    )
    expect(failures).toEqual({
      [b2]: ['DENIED', 'test/b2'],
      [b3]: ['NOT_FOUND', null],
      'crr-none': ['NOT_FOUND', null],
    })
    expect(await modes()).toEqual({ a0: 'off', b1: 'audit', b2: 'off', b3: 'off' })
  })

  test.each([
    ['the grant is gone', 'filter', { state: 'SUCCEEDED', changed: 0, skipped: 2, failed: 0 }],
    ['the grant is gone', 'ids', { state: 'SUCCEEDED', changed: 0, skipped: 0, failed: 2 }],
    ['the user is disabled', 'filter', { state: 'FAILED', changed: 0 }],
    ['the user is deleted', 'ids', { state: 'FAILED', changed: 0 }],
  ])('that ends while it runs counts: %s, by %s', async (how, by, outcome) => {
    await make('b1')
    const grantId = await grant(namespaceId)
    const ids = (await api.ctx.db.prisma.repository.findMany()).map(({ id }) => id)
    const selection = by === 'ids' ? { repositoryIds: ids } : { filter: {} }
    const id = await recordOnly({ ...enforce, ...selection }, member)
    expect(await get(id)).toMatchObject({ state: 'RUNNING', total: 2 })
    if (how === 'the grant is gone') await api.call('DELETE', '/grants/{grantId}', { grantId })
    const user = '/users/{userId}'
    if (how === 'the user is disabled')
      await api.call('PATCH', user, { userId: memberId }, { body: { isDisabled: true } })
    if (how === 'the user is deleted') await api.call('DELETE', user, { userId: memberId })
    await workOn()
    expect(await get(id)).toMatchObject(outcome)
    expect(await modes()).toEqual({ a0: 'off', b1: 'off' })
  })

  test('of an administrator who is none any more counts no more', async () => {
    await api.ctx.db.prisma.user.update({ where: { id: memberId }, data: { role: 'ADMINISTRATOR' } })
    const id = await recordOnly({ ...enforce, filter: {} }, member)
    await api.ctx.db.prisma.user.update({ where: { id: memberId }, data: { role: 'MEMBER' } })
    await workOn()
    expect(await get(id)).toMatchObject({ changed: 0, skipped: 1 })
  })

  test('is needed for something in the instance', async () => {
    const [b1 = ''] = await make('b1')
    expect((await start({ ...enforce, filter: {} }, member)).status).toBe(404)
    await grant(b1, 'PUSH')
    expect((await start({ ...enforce, filter: {} }, member)).status).toBe(403)
  })

  test('to follow it has who started it, and administrators', async () => {
    await grant(namespaceId)
    const mine = await run({ ...enforce, filter: {} }, member)
    const theirs = await run({ ...enforce, filter: {} })
    expect((await api.call('GET', one, { changeId: theirs.id }, { headers: member })).status).toBe(404)
    const seen = async (headers: Readonly<Record<string, string>>) =>
      (await api.call('GET', list, { instanceId }, { headers })).json.items.map(({ id }) => id)
    expect([await seen(member), await seen({})]).toEqual([[mine.id], [theirs.id, mine.id]])
  })
})

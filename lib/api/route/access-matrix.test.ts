import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { type Row, callers, nobody } from '@/e2e/access/matrix'
import { restRows } from '@/e2e/access/rest'
import {
  TestWorld,
  byAccessKey,
  byPassword,
  ids,
  passwords,
  robotId,
  sessionToken,
  subjects,
  temporaryToken,
} from '@/lib/testing/test-world'
import type { Operation } from '@/lib/api/operations/operation'
import { operations } from '@/lib/api/operations/operations'
import { type AccessRequest, accessRequests } from '@/lib/testing/test-access-requests'
import { type TestAnswer, type TestApi, openTestApi } from '@/lib/testing/test-api'
import { UnlimitedAttempts } from '@/lib/testing/test-context'

type Headers = Readonly<Record<string, string>>

const proofs = {
  session: (name: string): Headers => ({
    cookie: `stele_session_3000=${sessionToken(name)}`,
    origin: 'http://localhost:3000',
  }),
  'access key': (name: string): Headers => ({ authorization: byAccessKey(name) }),
}

const byRobot = (name: string): Headers => ({ authorization: byPassword(`robot+${name}`, passwords.robot) })

/** Everything that proves nothing to the REST API, by why. */
const unproven: Readonly<Record<string, Headers>> = {
  'no credentials': {},
  'an access key with a wrong secret': { authorization: byAccessKey('admin', 'wrong') },
  'an unknown access key': { authorization: byAccessKey('nobody') },
  'a wrong session': proofs.session('nobody'),
  'an expired session': proofs.session('expired'),
  'the session of a disabled user': proofs.session('disabled'),
  'name and password of the console': { authorization: byPassword('admin', passwords.console) },
  'a registry password': { authorization: byPassword('admin', passwords.registry) },
  'a robot': byRobot('manage-instance'),
  'a robot by its id': { authorization: byPassword(robotId('manage-instance'), passwords.robot) },
  'a temporary token': { authorization: byPassword('cr_temp_user', temporaryToken('admin')) },
  'a session in place of a token': { authorization: `Bearer ${sessionToken('admin')}` },
  'a good session beside a wrong access key': {
    ...proofs.session('admin'),
    authorization: byAccessKey('admin', 'wrong'),
  },
}

/** What was right and is no more in force: it is refused wherever it is shown, where nobody is asked for any, too. */
const retired: Readonly<Record<string, Headers>> = {
  'a disabled access key': { authorization: byAccessKey('off') },
  'the access key of a disabled user': { authorization: byAccessKey('disabled') },
}

const codes: Readonly<Record<number, string>> = { 401: 'UNAUTHORIZED', 403: 'DENIED', 404: 'NOT_FOUND' }

let api: TestApi
let world: TestWorld
let isChanged = false

beforeAll(async () => {
  // How often one may fail is not the question here, and it would be the answer soon.
  api = await openTestApi({}, { attempts: new UnlimitedAttempts() })
  world = new TestWorld(api.ctx)
  await world.build()
  await api.ctx.db.prisma.auditEvent.deleteMany()
  const run = { state: 'SUCCEEDED', startedBy: 'admin', startedAt: new Date(0), endedAt: new Date(1) } as const
  // The database numbers them: 1 and 2, for which requests ask.
  await api.ctx.db.prisma.maintenanceRun.create({ data: { kind: 'GARBAGE_COLLECTION', ...run } })
  await api.ctx.db.prisma.maintenanceRun.create({ data: { kind: 'SCRUB', ...run } })
}, 60_000)
afterAll(() => api.close())

const keyOf = ({ operation, about }: Row) => `${operation} ${about}`

test('every operation has a row, and every row an operation', () => {
  expect([...new Set(restRows.map((row) => row.operation))].sort()).toEqual(Object.keys(operations).sort())
})

test('no two rows ask the same, and no request is left over', () => {
  const keys = restRows.map(keyOf)
  expect(keys).toEqual([...new Set(keys)])
  expect(Object.keys(accessRequests).filter((key) => !keys.includes(key))).toEqual([])
})

test('every caller of the table is somebody in the world', () => {
  expect(callers).toEqual([nobody, ...subjects])
})

describe.each(restRows.map((row) => [keyOf(row), row] as const))('%s', (key, row) => {
  const operation: Operation = operations[row.operation as keyof typeof operations]
  const given = accessRequests[key] ?? {}
  const by = typeof given === 'function' ? undefined : given.by

  for (const [credential, prove] of Object.entries(proofs)) {
    if (by !== undefined && by !== credential) continue
    // What a key allows does not depend on the database, and PostgreSQL takes twice as long to build the world again.
    if (by === undefined && credential === 'access key' && inject('provider') === 'postgresql') continue
    test(`by ${credential}`, { timeout: 60_000 }, async () => {
      const expected = Object.fromEntries(subjects.map((caller) => [caller, row.answers.get(caller)]))
      const actual: Record<string, string> = {}
      for (const caller of subjects) actual[caller] = await ask(operation, given, caller, prove(caller))
      expect(withoutCounts(actual, expected)).toEqual(expected)
    })
  }

  if (operation.admitsRobots === true) {
    test('by a robot', { timeout: 60_000 }, async () => {
      const robots = subjects.filter((name) => name !== 'admin')
      // They are robots of `main`, and proven by its repositories only.
      const isOfMain = typeof given === 'function' || given.params?.['repositoryId'] !== ids.besideClosed
      const expected = Object.fromEntries(robots.map((caller) => [caller, isOfMain ? row.answers.get(caller) : '401']))
      const actual: Record<string, string> = {}
      for (const caller of robots) actual[caller] = await ask(operation, given, caller, byRobot(caller))
      expect(withoutCounts(actual, expected)).toEqual(expected)
      const wrong = { authorization: byPassword('robot+manage-instance', passwords.registry) }
      expect(await ask(operation, given, nobody, wrong)).toBe('401')
    })
  }

  test('by who proves nothing', { timeout: 60_000 }, async () => {
    const actual: Record<string, string> = {}
    const others = Object.entries(unproven).filter(([why]) => why !== 'a robot' || operation.admitsRobots !== true)
    for (const [why, headers] of others) actual[why] = await ask(operation, given, nobody, headers)
    for (const [why, headers] of Object.entries(retired)) actual[why] = await ask(operation, given, nobody, headers)
    const expected = Object.fromEntries([
      ...others.map(([why]) => [why, row.answers.get(nobody)]),
      ...Object.keys(retired).map((why) => [why, '401']),
    ]) as Record<string, string>
    expect(withoutCounts(actual, expected)).toEqual(expected)
  })
})

/** Asks once, in the world as it was built, and answers in the table's words. */
async function ask(
  operation: Operation,
  given: AccessRequest | ((caller: string) => AccessRequest),
  caller: string,
  headers: Headers,
): Promise<string> {
  const { params = {}, query = '', body, prepare } = typeof given === 'function' ? given(caller) : given
  if (isChanged) await restore()
  isChanged = prepare !== undefined
  await prepare?.(api.ctx)
  const options = { query, ...(body === undefined ? {} : { body }), anonymous: true, headers }
  const answer = await api.call(operation.method, operation.path, params, options)
  if (answer.status < 400 && operation.method !== 'GET') isChanged = true
  return inWords(operation, answer)
}

async function restore(): Promise<void> {
  const { db } = api.ctx
  await vi.waitFor(async () => expect(await db.prisma.maintenanceRun.count({ where: { state: 'RUNNING' } })).toBe(0), {
    timeout: 30_000,
  })
  await api.ctx.jobs.settled()
  await db.prisma.maintenanceRun.deleteMany({ where: { id: { gt: 2 } } })
  await world.reset()
}

function inWords(operation: Operation, { status, json }: TestAnswer): string {
  const body = json as Partial<TestAnswer['json']> | null
  // A list without pages says nowhere else how many things it shows.
  if (status === operation.status) return body?.items ? `ok:${body.totalCount ?? body.items.length}` : 'ok'
  const code = codes[status]
  return code === undefined || json.code === code ? String(status) : `${status} ${json.code}`
}

/** Where the table does not count, the answers do not either. */
function withoutCounts(actual: Readonly<Record<string, string>>, expected: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(actual).map(([caller, answer]) => [
      caller,
      expected[caller] === 'ok' ? answer.replace(/:.*/, '') : answer,
    ]),
  )
}

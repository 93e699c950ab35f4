import { parseRepositoryPath } from '@/lib/domain/reference'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Principal, anonymousPrincipal } from '@/lib/domain/principal'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import type { GrantedAccess } from '@/lib/domain/token-scope'
import { findRepositoryByPath } from '@/lib/metadata/repositories'
import { OpenedRepository } from '@/lib/registry/traffic/opened-repository'
import { openRepository } from '@/lib/registry/traffic/open-repository'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'
import { TestWorld, ids, image, userId } from '@/lib/testing/test-world'
import { type Outcome, openedRows, useCaseRows } from '@/lib/testing/use-case-rows'

/*
 * Every use case is called as principals without rights, by no door at all, and refuses them.
 *
 * A use case is each function that a file in a folder of lib/registry exports. Whoever adds one adds a row in lib/testing/use-case-rows.ts, or
 * names the file among those that are none, with the reason.
 */

const folder = import.meta.dirname

/** Files whose functions are no use cases, and why; `isDetails` names others. */
const noUseCases: Readonly<Record<string, string>> = {
  'audit/audit-filter': 'reads a filter',
  'audit/keep-audit': 'the work of the server itself',
  'content/attachment-scope': 'a step of use cases',
  'content/read-config': 'a step of use cases',
  'content/read-image': 'a step of a use case',
  'content/read-manifest': 'a step of use cases',
  'content/read-rows': 'a step of use cases',
  'content/stream-blob': 'a step of a use case',
  'credentials/registry-password-target': 'names for audit events and locks',
  'grants/new-grant': 'a step in the transaction of a use case',
  'users/new-invitation': 'a step in the transaction of a use case',
  'instances/ensure-example': 'the work of the server itself, at the first start',
  'ledger/ledger-access': 'the check that use cases of the ledger make',
  'ledger/ledger-filter': 'reads a filter',
  'ledger/read-ledger-page': 'a step of use cases',
  'figures/count-events': 'the work of the server itself',
  'figures/measure-storage': 'the work of the server itself',
  'maintenance/collect-garbage': 'the work of a run that a use case has started',
  'maintenance/collect-manifests': 'a step of that work',
  'maintenance/keep-reserve': 'the work of the server itself',
  'maintenance/pace': 'holds a run to a speed',
  'maintenance/scrub-blobs': 'the work of a run that a use case has started',
  'maintenance/check-totals': 'the work of the server itself',
  'maintenance/sweep-nonces': 'the work of the server itself',
  'maintenance/sweep-outbox': 'the work of the server itself',
  'maintenance/sweep-objects': 'the work of the server itself',
  'maintenance/sweep-uploads': 'the work of a run that a use case has started',
  'policy/preview-policy': 'a step of use cases',
  'policy/continue-immutability-changes': 'the work of a change that a use case has started',
  'pull/check-while-reading': 'a step of a use case',
  'policy/record-closing': 'a step in the transaction of use cases',
  'policy/watch-openings': 'the work of the server itself',
  'push/image-platforms': 'a step of a use case',
  'push/assert-upload': 'a step of use cases',
  'push/link-upload': 'a step of a use case, here or in the process that writes',
  'push/upload-lock': 'a step of a use case',
  'push/while-there-is-room': 'a step of a use case',
  'search/find-in-repositories': 'steps of a use case',
  'search/search-query': 'reads a query',
  'tags/assert-unprotected': 'a step in the transaction of a use case',
  'tags/copy-content': 'a step in the transaction of a use case',
  'space/bounded-reads': 'limits reads',
  'space/holding': 'a step of use cases',
  'space/measure-tag': 'a step of use cases',
  'tags/deletion-effect': 'a step of use cases',
  'tags/lock-for-deletion': 'a step in the transaction of a use case',
  'transparency/append-leaves': 'a step of the work of the server itself',
  'transparency/deliver-checkpoint': 'a step of the work of the server itself',
  'transparency/first-batch': 'a step of the work of the server itself',
  'transparency/make-leaves': 'a step of the work of the server itself',
  'transparency/open-log': 'a step of use cases',
  'transparency/sequence-logs': 'the work of the server itself',
  'transparency/sign-checkpoint': 'a step of the work of the server itself',
  'transparency/take-events': 'a step of the work of the server itself',
  'traffic/find-addressed-instance': 'says which instance a request is for, before anybody is proven',
  'transparency/witness-job': 'the work of the server itself',
  'transparency/witness-logs': 'the work of the server itself',
  'traffic/name-page': 'cuts a page',
  'traffic/opened-repository': 'the proof that use cases of pushes and pulls ask for',
  'traffic/pull-permission': 'the rule that opening a repository asks',
  'traffic/repository-ahead': 'reads for opening a repository, which decides',
}

/** Those of them that the doors call all the same. */
const calledByDoors = ['traffic/find-addressed-instance', 'traffic/repository-ahead']

/** The codes of refusals: whoever has the rights gets none of them. */
const refusals: readonly ErrorCode[] = ['UNAUTHORIZED', 'DENIED', 'NOT_FOUND', 'NAME_UNKNOWN', 'SCOPE_INSUFFICIENT']

type UseCase = (ctx: unknown, principal: Principal, ...args: readonly unknown[]) => unknown

const origin = { address: '192.0.2.7', userAgent: 'test' }
const noAccess: GrantedAccess = { repositories: new Map(), boundTo: new Map(), catalog: false }
const admin = userPrincipal('admin', 'ADMINISTRATOR')
const member = userPrincipal('none', 'MEMBER')
const anonymous = anonymousPrincipal(origin)
const token: Principal = { ...admin, token: noAccess }

function userPrincipal(name: string, role: Principal['role']): Principal {
  return { kind: 'user', id: userId(name), name, role, credential: 'session', token: null, ...origin }
}

/** Whether a file's functions show rows as they are seen: `room/noun-details`, with no verb before the noun. */
function isDetails(file: string): boolean {
  return file.endsWith('-details') && !/\/(?:get|list)-/.test(file)
}

/** Files of the rooms, as `room/file`. */
const files = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: room }) =>
    readdirSync(path.join(folder, room))
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => `${room}/${file.slice(0, -'.ts'.length)}`),
  )

const useCases = new Map<string, UseCase>()
for (const file of files.filter((name) => !isDetails(name) && !(name in noUseCases))) {
  const module = (await import(path.join(folder, `${file}.ts`))) as Record<string, unknown>
  for (const [name, value] of Object.entries(module)) {
    if (typeof value === 'function') useCases.set(`${path.dirname(file)}/${name}`, value as UseCase)
  }
}

let api: TestApi
let world: TestWorld

beforeAll(async () => {
  api = await openTestApi()
  world = new TestWorld(api.ctx)
  await world.build()
  const run = { state: 'SUCCEEDED', startedBy: 'admin', startedAt: new Date(0), endedAt: new Date(1) } as const
  await api.ctx.db.prisma.maintenanceRun.create({ data: { kind: 'SCRUB', ...run } })
  await api.ctx.db.prisma.maintenanceRun.create({ data: { kind: 'GARBAGE_COLLECTION', ...run } })
}, 60_000)
afterAll(() => api.close())

/** Calls a use case; answers what came of it in the words of a row. */
async function call(name: string, by: Principal, args: readonly unknown[]): Promise<Outcome | 'done'> {
  const useCase = useCases.get(name)
  if (useCase === undefined) throw new Error(`${name} is no use case`)
  try {
    const value = await useCase(api.ctx, by, ...args)
    return isNothing(value) ? 'nothing' : 'done'
  } catch (error) {
    if (AppError.is(error)) return error.code
    throw error
  }
}

function isNothing(value: unknown): boolean {
  if (value === null) return true
  return typeof value === 'object' && 'repositories' in value && (value as GrantedAccess).repositories.size === 0
}

async function expectUnrefused(name: string, args: readonly unknown[]): Promise<void> {
  try {
    const outcome = await call(name, admin, args)
    expect([...refusals, 'nothing']).not.toContain(outcome)
  } finally {
    const { prisma } = api.ctx.db
    await vi.waitFor(async () => expect(await prisma.maintenanceRun.count({ where: { state: 'RUNNING' } })).toBe(0), {
      timeout: 30_000,
    })
    await api.ctx.jobs.settled()
    await world.reset()
  }
}

/** What a row says of a principal who is refused nothing. */
const allowed = (outcome: Outcome) => (outcome === 'own' || outcome === 'seen' ? 'done' : outcome)

const nameOf = (key: string) => key.split(' ')[0] ?? ''

test('every use case has a row, and every row a use case', () => {
  const named = Object.keys({ ...useCaseRows, ...openedRows }).map(nameOf)
  expect([...new Set(named)].sort()).toEqual([...useCases.keys()].sort())
})

test('no file is left over of those that are no use cases', () => {
  expect(Object.keys(noUseCases).filter((file) => !files.includes(file))).toEqual([])
})

test('no door calls a function that is no use case', () => {
  const root = path.resolve(folder, '../..')
  const sources = ['app', 'lib/acr', 'lib/api', 'lib/protocol', 'lib/log-door', 'lib/command'].flatMap((door) =>
    readdirSync(path.join(root, door), { recursive: true, encoding: 'utf8' })
      .filter((file) => /(?<!\.test)\.tsx?$/.test(file))
      .map((file) => path.join(root, door, file)),
  )
  const values = /^import (?!type )\{([^}]*)\} from '@\/lib\/registry\/(\w+\/[\w-]+)'/gm
  const called = sources.flatMap((source) =>
    [...readFileSync(source, 'utf8').matchAll(values)].flatMap(([, names = '', file = '']) => {
      const isCalled = names.split(',').some((name) => name.trim() !== '' && !name.trim().startsWith('type '))
      return isCalled ? [file] : []
    }),
  )
  expect(called.length).toBeGreaterThan(50)
  const wrong = called.filter((file) => isDetails(file) || file in noUseCases)
  expect([...new Set(wrong)]).toEqual(calledByDoors)
})

describe.each(Object.entries(useCaseRows))('%s', (key, row) => {
  const name = nameOf(key)

  test('refuses who has no rights, and leaves no trace', async () => {
    const before = await api.ctx.db.prisma.auditEvent.count()
    expect(await call(name, anonymous, row.args(anonymous))).toBe(row.anonymous ?? 'UNAUTHORIZED')
    expect(await call(name, token, row.args(admin))).toBe(row.token ?? 'SCOPE_INSUFFICIENT')
    if (row.member !== 'own') expect(await call(name, member, row.args(member))).toBe(allowed(row.member))
    expect(await api.ctx.db.prisma.auditEvent.count()).toBe(before)
  })

  test('does not refuse an administrator', () => expectUnrefused(name, row.args(admin)))
})

describe.each(Object.entries(openedRows))('%s', (name, { action, args }) => {
  const path = parseRepositoryPath('team/closed')

  test('takes no repository that was not opened for this principal and this action', async () => {
    const row = await findRepositoryByPath(api.ctx.db, ids.main, path)
    if (row === null) throw new Error('no repository')
    const others = (['pull', 'push', 'delete'] as const).filter((other) => other !== action)
    const wrong: unknown[] = [
      row,
      Object.assign(Object.create(OpenedRepository.prototype) as OpenedRepository, row),
      await openRepository(api.ctx, userPrincipal('owner', 'ADMINISTRATOR'), ids.main, path, action),
    ]
    for (const other of others) wrong.push(await openRepository(api.ctx, admin, ids.main, path, other))
    const { prisma } = api.ctx.db
    const before = [await prisma.upload.count(), await prisma.tagEvent.count()]
    for (const repository of wrong) expect(await call(name, admin, args(repository))).toBe('DENIED')
    expect([await prisma.upload.count(), await prisma.tagEvent.count()]).toEqual(before)
  })

  test('takes one that was', async () => {
    await expectUnrefused(name, args(await openRepository(api.ctx, admin, ids.main, path, action)))
  })
})

test('a blob is mounted from no repository that was not opened to pull', async () => {
  const target = await openRepository(api.ctx, admin, ids.main, parseRepositoryPath('team/open'), 'push')
  for (const action of ['push', 'delete'] as const) {
    const source = await openRepository(api.ctx, admin, ids.main, parseRepositoryPath('team/closed'), action)
    expect(await call('push/mountBlob', admin, [{ source, target }, image.layerDigest])).toBe('DENIED')
  }
})

describe('a registry token allows no more than it was made out for', () => {
  const closedBy = (...actions: ('pull' | 'push')[]): Principal => ({
    ...admin,
    token: {
      repositories: new Map([['team/closed', new Set(actions)]]),
      boundTo: new Map(),
      catalog: false,
    },
  })

  test.each([
    ['pull', ['pull'], 'done', 'SCOPE_INSUFFICIENT'],
    ['push', ['push'], 'SCOPE_INSUFFICIENT', 'done'],
    ['pull and push', ['pull', 'push'], 'done', 'done'],
  ] as const)('%s', async (_, actions, reading, deleting) => {
    const by = closedBy(...actions)
    expect(await call('tags/getTag', by, [ids.closed, 'v1'])).toBe(reading)
    expect(await call('tags/getTag', by, [ids.open, 'v1'])).toBe('SCOPE_INSUFFICIENT')
    expect(await call('tags/deleteTag', by, [ids.open, 'v1'])).toBe('SCOPE_INSUFFICIENT')
    expect(await call('tags/deleteTag', by, [ids.closed, 'v1'])).toBe(deleting)
    await world.reset()
  })
})

import { parseRepositoryPath } from '@/lib/domain/reference'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Principal, anonymousPrincipal } from '@/lib/domain/principal'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import type { GrantedAccess } from '@/lib/domain/token-scope'
import { findRepositoryByPath } from '@/lib/metadata/repositories'
import { OpenedRepository, type TrafficAction } from '@/lib/registry/traffic/opened-repository'
import { openRepository } from '@/lib/registry/traffic/open-repository'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'
import {
  TestWorld,
  accessKeyId,
  grantId,
  ids,
  image,
  openingId,
  robotId,
  temporaryTokenId,
  userId,
} from '@/lib/testing/test-world'

/*
 * Every use case is called as principals without rights, by no door at all, and refuses them.
 *
 * A use case is each function that a file in a folder of lib/registry exports. Whoever adds one adds a row here, or
 * names the file among those that are none, with the reason.
 */

const folder = import.meta.dirname

/** Files whose functions are no use cases, and why; `isDetails` names others. */
const noUseCases: Readonly<Record<string, string>> = {
  'audit/audit-filter': 'reads a filter',
  'audit/keep-audit': 'the work of the server itself',
  'credentials/registry-password-target': 'names for audit events and locks',
  'grants/new-grant': 'a step in the transaction of a use case',
  'instances/ensure-example': 'the work of the server itself, at the first start',
  'ledger/ledger-access': 'the check that use cases of the ledger make',
  'ledger/ledger-filter': 'reads a filter',
  'ledger/read-ledger-page': 'a step of use cases',
  'maintenance/collect-garbage': 'the work of a run that a use case has started',
  'maintenance/collect-manifests': 'a step of that work',
  'maintenance/keep-reserve': 'the work of the server itself',
  'maintenance/pace': 'holds a run to a speed',
  'maintenance/scrub-blobs': 'the work of a run that a use case has started',
  'maintenance/sweep-outbox': 'the work of the server itself',
  'maintenance/sweep-uploads': 'the work of a run that a use case has started',
  'policy/preview-policy': 'a step of use cases',
  'policy/continue-immutability-changes': 'the work of a change that a use case has started',
  'pull/check-while-reading': 'a step of a use case',
  'policy/record-closing': 'a step in the transaction of use cases',
  'policy/watch-openings': 'the work of the server itself',
  'push/image-platforms': 'a step of a use case',
  'push/upload-lock': 'a step of a use case',
  'push/while-there-is-room': 'a step of a use case',
  'tags/assert-unprotected': 'a step in the transaction of a use case',
  'tags/copy-content': 'a step in the transaction of a use case',
  'tags/deletion-effect': 'a step of use cases',
  'tags/lock-for-deletion': 'a step in the transaction of a use case',
  'traffic/find-instance-of-host': 'says which instance a request is for, before anybody is proven',
  'traffic/name-page': 'cuts a page',
  'traffic/opened-repository': 'the proof that use cases of pushes and pulls ask for',
  'traffic/pull-permission': 'the rule that opening a repository asks',
}

/** Those of them that the doors call all the same. */
const calledByDoors = ['traffic/find-instance-of-host']

/** The codes of refusals: whoever has the rights gets none of them. */
const refusals: readonly ErrorCode[] = ['UNAUTHORIZED', 'DENIED', 'NOT_FOUND', 'NAME_UNKNOWN', 'SCOPE_INSUFFICIENT']

/**
 * What a principal without rights gets: a refusal, nothing, or what is theirs to get (`own`: their account; `seen`:
 * what they may see).
 */
type Outcome = ErrorCode | 'nothing' | 'own' | 'seen'

interface Row {
  /** Of a member without grants. */
  readonly member: Outcome
  /** UNAUTHORIZED unless it says otherwise. */
  readonly anonymous?: Outcome
  /** Of an administrator by a token that was made out for nothing: SCOPE_INSUFFICIENT unless it says otherwise. */
  readonly token?: Outcome | 'done'
  /** The arguments after context and principal. Right ones: the administrator is not refused. */
  readonly args: (by: Principal) => readonly unknown[]
}

const host = 'localhost:3000'
const pageSize = 10
const settings = { autoCreateRepository: false, defaultRepositoryType: 'PRIVATE', defaultTagImmutability: false }
const texts = { summary: '', description: '' }

/** By room and function, and what of it where there are several. */
const rows: Readonly<Record<string, Row>> = {
  'audit/exportAuditEvents': { member: 'DENIED', args: () => [{}, 'jsonl'] },
  'audit/getAuditEvent': { member: 'DENIED', args: () => ['1'] },
  'audit/listAuditEvents': { member: 'DENIED', args: () => [{ pageSize }] },
  'audit/verifyAudit': { member: 'DENIED', args: () => [null] },

  'credentials/createAccessKey': { member: 'own', args: () => [] },
  'credentials/listAccessKeys': { member: 'own', args: () => [{ pageSize }] },
  'credentials/listAccessKeys of another user': {
    member: 'DENIED',
    args: () => [{ userId: userId('owner'), pageSize }],
  },
  'credentials/updateAccessKey': {
    member: 'own',
    args: (by) => [{ accessKeyId: accessKeyId(by.name) }, { isDisabled: true }],
  },
  'credentials/updateAccessKey of another user': {
    member: 'DENIED',
    args: () => [{ userId: userId('owner'), accessKeyId: accessKeyId('owner') }, { isDisabled: true }],
  },
  'credentials/deleteAccessKey': { member: 'own', args: (by) => [{ accessKeyId: accessKeyId(by.name) }] },
  'credentials/deleteAccessKey of another user': {
    member: 'DENIED',
    args: () => [{ userId: userId('owner'), accessKeyId: accessKeyId('owner') }],
  },
  'credentials/createTemporaryToken': { member: 'NOT_FOUND', args: () => [ids.besideInstance, 1] },
  'credentials/listTemporaryTokens': {
    member: 'NOT_FOUND',
    args: () => [{ instanceId: ids.besideInstance, pageSize }],
  },
  'credentials/revokeTemporaryToken': {
    member: 'own',
    args: (by) => [{ instanceId: ids.main, temporaryTokenId: temporaryTokenId(by.name) }],
  },
  'credentials/getRegistryCredentials': { member: 'NOT_FOUND', args: () => [ids.besideInstance, host] },
  'credentials/setRegistryPassword': { member: 'NOT_FOUND', args: () => [ids.besideInstance, 'another-pw-2'] },
  'credentials/removeRegistryPassword': { member: 'own', args: () => [ids.main] },

  'grants/createGrant': {
    member: 'DENIED',
    args: () => [{ subjectId: userId('owner'), scopeId: ids.main, permission: 'PULL' }],
  },
  'grants/getGrant': { member: 'NOT_FOUND', args: () => [grantId('manage-instance')] },
  'grants/updateGrant': { member: 'NOT_FOUND', args: () => [grantId('manage-instance'), { permission: 'PULL' }, null] },
  'grants/deleteGrant': { member: 'NOT_FOUND', args: () => [grantId('manage-instance'), null] },
  'grants/listGrants': { member: 'seen', args: () => [{ sort: 'subject', relation: 'within', pageSize }] },
  'grants/listGrantSubjects': { member: 'DENIED', args: () => [{ scopeId: ids.main, pageSize }] },

  'instances/createInstance': {
    member: 'DENIED',
    args: () => [{ name: 'another', regionId: 'cn-beijing', specification: 'Enterprise_Basic' }, host],
  },
  'instances/getInstance': { member: 'NOT_FOUND', args: () => [ids.besideInstance, host] },
  'instances/updateInstance': { member: 'DENIED', args: () => [ids.main, { allowAnonymousPull: true }, null, host] },
  'instances/deleteInstance': { member: 'DENIED', args: () => [ids.empty, null] },
  'instances/listInstances': { member: 'seen', args: () => [{ pageSize }, host] },
  'instances/listRegions': { member: 'seen', args: () => [] },

  'ledger/listTagEvents': { member: 'DENIED', args: () => [{ repositoryId: ids.open }, { pageSize }] },
  'ledger/listTagEvents of what nobody shows': {
    member: 'NOT_FOUND',
    args: () => [{ repositoryId: ids.closed }, { pageSize }],
  },
  'ledger/listTagEvents of an instance': {
    member: 'DENIED',
    args: () => [{ instanceId: ids.main }, { pageSize }],
  },
  'ledger/getTagHistory': {
    member: 'DENIED',
    args: () => [
      { repositoryId: ids.open, tag: 'v1' },
      { pageSize, withRefusals: false },
    ],
  },
  'ledger/exportTagEvents': { member: 'DENIED', args: () => [{ repositoryId: ids.open }, {}] },
  'ledger/exportTagEvents of an instance': { member: 'DENIED', args: () => [{ instanceId: ids.main }, {}] },

  'maintenance/getMaintenanceRun': { member: 'DENIED', args: () => ['SCRUB', '1'] },
  'maintenance/listPlannedRemovals': { member: 'DENIED', args: () => ['2', { pageSize }] },
  'maintenance/listMaintenanceRuns': { member: 'DENIED', args: () => ['SCRUB', { pageSize }] },
  'maintenance/startGarbageCollection': { member: 'DENIED', args: () => [{ isDryRun: true }] },
  'maintenance/startScrub': { member: 'DENIED', args: () => [] },

  'namespaces/createNamespace': {
    member: 'DENIED',
    args: () => [ids.main, { name: 'new', ...settings, acceptSparseManifests: false, untaggedRetentionDays: 14 }],
  },
  'namespaces/getNamespace': { member: 'NOT_FOUND', args: () => [ids.other] },
  'namespaces/updateNamespace': { member: 'DENIED', args: () => [ids.team, { autoCreateRepository: false }, null] },
  'namespaces/deleteNamespace': { member: 'NOT_FOUND', args: () => [ids.spare, null] },
  'namespaces/listNamespaces': { member: 'NOT_FOUND', args: () => [{ instanceId: ids.besideInstance, pageSize }] },

  'policy/getImmutability': { member: 'NOT_FOUND', args: () => [ids.closed] },
  'policy/previewImmutability': { member: 'DENIED', args: () => [ids.open, { mode: 'enforce' }] },
  'policy/checkImmutability': { member: 'DENIED', args: () => [ids.open, { tag: 'v1' }] },
  'policy/listOpenings': { member: 'NOT_FOUND', args: () => [ids.closed, { pageSize }] },
  'policy/openTag': { member: 'DENIED', args: () => [ids.open, { tag: 'v1', reason: 'because', minutes: 15 }] },
  'policy/closeOpening': { member: 'DENIED', args: () => [ids.open, openingId(ids.open)] },
  'policy/startImmutabilityChange': {
    member: 'DENIED',
    args: () => [ids.main, { immutability: { mode: 'audit' }, filter: {} }],
  },
  'policy/startImmutabilityChange of what nobody shows': {
    member: 'NOT_FOUND',
    args: () => [ids.besideInstance, { immutability: { mode: 'audit' }, filter: {} }],
  },
  'policy/previewImmutabilityChange': {
    member: 'DENIED',
    args: () => [ids.main, { immutability: { mode: 'audit' }, filter: {} }],
  },
  'policy/getImmutabilityChange': { member: 'NOT_FOUND', args: () => [ids.change] },
  'policy/listImmutabilityChanges': { member: 'NOT_FOUND', args: () => [{ instanceId: ids.besideInstance, pageSize }] },

  'push/findMountSource': {
    member: 'nothing',
    anonymous: 'nothing',
    // The token is an administrator's: what its holder may pull decides, not its scopes.
    token: 'done',
    args: () => [ids.main, 'other/secret'],
  },

  'repositories/createRepository': {
    member: 'DENIED',
    args: () => [ids.main, { namespace: 'team', name: 'new', type: 'PRIVATE', tagImmutability: false, ...texts }],
  },
  'repositories/createRepository beside': {
    member: 'NOT_FOUND',
    args: () => [
      ids.besideInstance,
      { namespace: 'team', name: 'new', type: 'PRIVATE', tagImmutability: false, ...texts },
    ],
  },
  'repositories/getRepository': { member: 'NOT_FOUND', args: () => [ids.closed] },
  'repositories/getRepositoryByName': { member: 'NOT_FOUND', args: () => [ids.main, 'team/closed'] },
  'repositories/changeRepository': { member: 'DENIED', args: () => [ids.open, { summary: 'changed' }, null] },
  'repositories/updateRepository': { member: 'DENIED', args: () => [ids.open, { summary: 'changed' }, null] },
  'repositories/deleteRepository': { member: 'DENIED', args: () => [ids.open, {}, null] },
  'repositories/listRepositories': {
    member: 'NOT_FOUND',
    args: () => [{ instanceId: ids.besideInstance, sort: 'name', pageSize }],
  },

  'robots/createRobot': {
    member: 'DENIED',
    args: () => [ids.main, { name: 'new', description: '', expiresAt: null, grants: [] }],
  },
  'robots/getRobot': { member: 'NOT_FOUND', args: () => [robotId('none')] },
  'robots/updateRobot': { member: 'NOT_FOUND', args: () => [robotId('none'), { isDisabled: true }, null] },
  'robots/rotateRobotSecret': { member: 'NOT_FOUND', args: () => [robotId('none')] },
  'robots/deleteRobot': { member: 'NOT_FOUND', args: () => [robotId('none'), null] },
  'robots/listRobots': { member: 'DENIED', args: () => [{ instanceId: ids.main, pageSize }] },
  'robots/listRobots of all instances': { member: 'DENIED', args: () => [{ pageSize }] },

  'tags/getTag': { member: 'NOT_FOUND', args: () => [ids.closed, 'v1'] },
  'tags/listTagDetails': { member: 'NOT_FOUND', args: () => [{ repositoryId: ids.closed, sort: 'name', pageSize }] },
  'tags/listUntaggedManifests': { member: 'DENIED', args: () => [ids.open, { pageSize }] },
  'tags/listTombstones': { member: 'DENIED', args: () => [ids.open, { pageSize }] },
  'tags/copyTag': { member: 'DENIED', args: () => [ids.open, { name: 'new', source: { tag: 'v1' } }] },
  'tags/copyTag from elsewhere': {
    member: 'DENIED',
    args: () => [ids.open, { name: 'new', source: { repositoryId: ids.closed, tag: 'v1' } }],
  },
  'tags/restoreTag': {
    member: 'DENIED',
    args: () => [{ repositoryId: ids.open, tag: 'v1' }, { digest: image.digest }],
  },
  'tags/releaseTagName': { member: 'DENIED', args: () => [ids.open, 'gone', { reason: 'because' }] },
  'tags/deleteTag': { member: 'DENIED', args: () => [ids.open, 'v1'] },
  'tags/deleteManifest': { member: 'DENIED', args: () => [ids.open, image.digest] },
  'tags/deleteBlob': { member: 'DENIED', args: () => [ids.open, image.layerDigest] },

  'traffic/openRepository': { member: 'NAME_UNKNOWN', args: () => [ids.main, 'team/closed', 'pull'] },
  'traffic/openRepository to push': {
    member: 'DENIED',
    args: () => [ids.main, parseRepositoryPath('team/open'), 'push'],
  },
  'traffic/openRepository to delete': { member: 'DENIED', args: () => [ids.main, 'team/open', 'delete'] },
  'traffic/openRepository that a push makes': { member: 'NAME_UNKNOWN', args: () => [ids.main, 'team/new', 'push'] },
  'traffic/listRepositoryPaths': { member: 'seen', args: () => [ids.main, pageSize, ''] },
  'traffic/grantScopes': {
    member: 'nothing',
    anonymous: 'nothing',
    args: () => [
      { id: ids.main, allowAnonymousPull: false },
      { repositories: new Map([['team/closed', new Set(['pull', 'push'])]]), catalog: false },
    ],
  },

  'users/createUser': {
    member: 'DENIED',
    args: () => [
      { name: 'new', displayName: '', role: 'MEMBER', isDisabled: false, password: 'another-horse-battery' },
    ],
  },
  'users/getUser': { member: 'DENIED', args: () => [userId('owner')] },
  'users/updateUser': { member: 'DENIED', args: () => [userId('owner'), { displayName: 'changed' }, null] },
  'users/deleteUser': { member: 'DENIED', args: () => [userId('owner'), null] },
  'users/listUsers': { member: 'DENIED', args: () => [{ sort: 'name', pageSize }] },
  'users/makeAdministrator': { member: 'DENIED', args: () => ['none', null] },
  'users/recoverUser': {
    member: 'DENIED',
    args: () => ['none', { passwordHash: 'hash', removeSecondFactor: false }],
  },
  'users/resetSecondFactor': { member: 'DENIED', args: () => [userId('owner')] },
  'users/getProfile': { member: 'own', args: () => [] },
  'users/listSessions': { member: 'own', args: () => [null, { pageSize }] },
}

/** Use cases that take an opened repository: for which action, and the arguments with it. */
const openedRows: Readonly<
  Record<string, { readonly action: TrafficAction; readonly args: (repository: unknown) => readonly unknown[] }>
> = {
  'pull/getBlob': { action: 'pull', args: (repository) => [repository, image.layerDigest] },
  'pull/getBlobSizeForPush': { action: 'pull', args: (repository) => [repository, image.layerDigest] },
  'pull/getManifest': { action: 'pull', args: (repository) => [repository, 'v1'] },
  'pull/getManifestForPush': { action: 'pull', args: (repository) => [repository, 'v1'] },
  'pull/listReferrers': {
    action: 'pull',
    args: (repository) => [repository, image.digest, { artifactType: null, after: '' }],
  },
  'pull/listTags': { action: 'pull', args: (repository) => [repository, pageSize, ''] },
  'push/startUpload': { action: 'push', args: (repository) => [repository, 'sha256'] },
  'push/getUploadSize': { action: 'push', args: (repository) => [repository, 'no-upload'] },
  'push/appendToUpload': { action: 'push', args: (repository) => [repository, 'no-upload', []] },
  'push/cancelUpload': { action: 'push', args: (repository) => [repository, 'no-upload'] },
  'push/finishUpload': { action: 'push', args: (repository) => [repository, 'no-upload', image.layerDigest] },
  'push/pushManifest': {
    action: 'push',
    args: (repository) => [
      repository,
      {
        digest: null,
        tags: ['new'],
        content: image.bytes,
        contentType: 'application/vnd.oci.image.manifest.v1+json',
        precondition: { kind: 'none' },
      },
    ],
  },
  'push/mountBlob': {
    action: 'push',
    args: (repository) => [{ source: null, target: repository }, image.layerDigest],
  },
}

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
    await vi.waitFor(async () => expect(await prisma.maintenanceRun.count({ where: { state: 'RUNNING' } })).toBe(0))
    await api.ctx.jobs.settled()
    await world.reset()
  }
}

/** What a row says of a principal who is refused nothing. */
const allowed = (outcome: Outcome) => (outcome === 'own' || outcome === 'seen' ? 'done' : outcome)

const nameOf = (key: string) => key.split(' ')[0] ?? ''

test('every use case has a row, and every row a use case', () => {
  const named = Object.keys({ ...rows, ...openedRows }).map(nameOf)
  expect([...new Set(named)].sort()).toEqual([...useCases.keys()].sort())
})

test('no file is left over of those that are no use cases', () => {
  expect(Object.keys(noUseCases).filter((file) => !files.includes(file))).toEqual([])
})

test('no door calls a function that is no use case', () => {
  const root = path.resolve(folder, '../..')
  const sources = ['app', 'lib/api', 'lib/protocol', 'lib/command'].flatMap((door) =>
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

describe.each(Object.entries(rows))('%s', (key, row) => {
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

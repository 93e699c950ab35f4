import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import type { Leaf } from '@/lib/domain/transparency/leaf'
import { findLog } from '@/lib/metadata/transparency-logs'
import { rotateLogKeys } from '@/lib/secrets/log-keys'
import { openKeys } from '@/lib/auth/keys'
import { fillLogs } from '@/lib/testing/fill-logs'
import { fillTags } from '@/lib/testing/fill-tags'
import { forgetLogs } from '@/lib/testing/forget-logs'
import { readWholeLog } from '@/lib/testing/read-whole-log'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { defaultInstanceId } from '@/lib/testing/test-registry'
import { Replay } from '@/lib/transparency/replay'
import { sequenceLogs } from './sequence-logs'

let doors: TestDoors
let instanceId: string

beforeEach(async () => {
  doors = await openTestDoors()
  instanceId = await defaultInstanceId(doors.registry.ctx)
})
afterEach(() => doors.close())

const ctx = () => doors.registry.ctx
const sequence = () => fillLogs(ctx())
const readLog = () => readWholeLog(ctx().db, instanceId)

async function push(tag: string, content: string): Promise<string> {
  const { bytes, digest } = await doors.registry.image(content)
  expect((await doors.registry.pushManifest(tag, bytes)).status).toBe(201)
  return digest
}

async function setPolicy(body: object): Promise<void> {
  expect((await doors.api.call('PATCH', operations.updateRepository.path, doors.params, { body })).status).toBe(200)
}

async function forceDelete(tag: string): Promise<void> {
  const params = { ...doors.params, tag }
  const found = await doors.api.call('GET', operations.getTag.path, params)
  const etag = found.headers.get('etag') ?? ''
  const call = { query: '?reason=gone', headers: { 'if-match': etag } }
  expect((await doors.api.call('DELETE', operations.deleteTag.path, params, call)).status).toBe(200)
}

/** What a leaf says, without ids and times. */
function gist(leaf: Leaf): string {
  switch (leaf.kind) {
    case 'started':
      return 'started'
    case 'policy':
      return `policy ${leaf.former?.mode ?? 'new'} to ${leaf.policy.mode}`
    case 'policyState':
      return `state ${leaf.policy.mode}`
    case 'repositoryDeleted':
      return `deleted ${leaf.repository}`
    default:
      return `${leaf.kind} ${leaf.tag}`
  }
}
const gists = async () => (await readLog()).map(gist)

test('a new instance’s log begins with its start, and tells everything from then on, in order', async () => {
  const first = await push('v1', 'one')
  const second = await push('v1', 'two')
  await setPolicy({ tagImmutability: true })
  await push('v2', 'three')
  await forceDelete('v2')
  await sequence()
  const leaves = await readLog()
  expect(leaves.map(gist)).toEqual([
    'started',
    'policy new to off',
    'created v1',
    'moved v1',
    'policy off to enforce',
    'created v2',
    'deleted v2',
  ])
  expect(leaves[3]).toMatchObject({ digest: second, previousDigest: first, repository: 'test/example' })
  const head = await findLog(ctx().db, instanceId)
  expect(head).toMatchObject({ phase: 'started', origin: 'example-registry.cn-hangzhou.localhost' })
})

test('a first push to a new repository states its policy before the tag', async () => {
  await ctx().db.prisma.namespace.updateMany({ data: { autoCreateRepository: true } })
  const { bytes } = await doors.registry.image('new', 'test/made')
  expect((await doors.registry.pushManifest('v1', bytes, {}, 'test/made')).status).toBe(201)
  await sequence()
  expect((await gists()).slice(-2)).toEqual(['policy new to off', 'created v1'])
})

test('a second call appends nothing, and a refused push is not in the log', async () => {
  await setPolicy({ tagImmutability: true })
  await push('v1', 'one')
  await sequence()
  const { bytes } = await doors.registry.image('two')
  expect((await doors.registry.pushManifest('v1', bytes)).status).toBe(409)
  const before = await findLog(ctx().db, instanceId)
  expect(await sequence()).toMatchObject({ leaves: 0 })
  expect(await findLog(ctx().db, instanceId)).toEqual(before)
})

test('thousands of events are taken in batches, each once', async () => {
  const digest = await push('v1', 'one')
  const event = {
    instanceId,
    repositoryId: doors.params.repositoryId,
    repositoryPath: 'test/example',
    createdAt: new Date(),
  }
  await ctx().db.prisma.tagEvent.createMany({
    data: Array.from({ length: 1800 }, (_, n) => ({
      ...event,
      ...{ tag: `t${n}`, kind: 'CREATED' as const, pushedDigest: digest, lastAt: event.createdAt },
      ...{ actor: '', credential: '', address: '', userAgent: '' },
    })),
  })
  const events = await ctx().db.prisma.tagEvent.findMany({ where: { tag: { not: 'v1' } }, orderBy: { id: 'asc' } })
  await ctx().db.prisma.outboxEvent.createMany({
    data: events.map(({ id }) => ({ ...event, kind: 'TAG', tagEventId: id })),
  })
  expect((await sequence()).batches).toBe(4)
  const leaves = await readLog()
  expect(leaves.slice(3).map(gist)).toEqual(Array.from({ length: 1800 }, (_, n) => `created t${n}`))
})

test('several processes at once append each leaf once', async () => {
  const tags = Array.from({ length: 60 }, (_, n) => `t${n}`)
  const pushing = (async () => {
    for (const tag of tags) await push(tag, tag)
  })()
  let isDone = false
  void pushing.finally(() => (isDone = true))
  const worker = async () => {
    while (!isDone) await sequence()
  }
  await Promise.all([worker(), worker(), worker()])
  await sequence()
  expect((await gists()).slice(2)).toEqual(tags.map((tag) => `created ${tag}`))
})

describe('keys', () => {
  test('a new key signs at once, with the one before it; then alone', async () => {
    await sequence()
    const signed = async () => {
      await sequence()
      const { checkpoint = '' } = (await findLog(ctx().db, instanceId)) ?? {}
      return checkpoint.split('\n').filter((line) => line.startsWith('—'))
    }
    const [old] = await signed()
    const rotate = (revokeFormer: boolean) =>
      rotateLogKeys(openKeys(ctx().config, ctx().db), { revokeFormer, record: () => Promise.resolve() })
    await rotate(false)
    const both = await signed()
    expect(both).toHaveLength(2)
    expect(both[1]).toBe(old)
    await rotate(true)
    const alone = await signed()
    expect(alone).toHaveLength(1)
    expect(both).not.toContain(alone[0])
  })
})

describe('a registry that is older than its log', () => {
  const forgetLog = () => forgetLogs(ctx().db)

  test('has the ledger so far, then the states, then the start; and what happens later is after that', async () => {
    await push('v1', 'one')
    await push('v1', 'two')
    await setPolicy({ tagImmutability: true })
    await push('v2', 'three')
    await forceDelete('v2')
    await sequence()
    await forgetLog()
    await sequence()
    const all = ['created v1', 'moved v1', 'created v2', 'deleted v2', 'state enforce', 'tagState v1', 'nameState v2']
    expect(await gists()).toEqual([...all, 'started'])
    await push('v3', 'four')
    await sequence()
    expect(await gists()).toEqual([...all, 'started', 'created v3'])
  })

  test('goes on where it was interrupted, after any transaction', async () => {
    for (const tag of ['a', 'b', 'c']) await push(tag, tag)
    await sequence()
    await forgetLog()
    const { db } = ctx()
    for (let allowed = 0; ; allowed++) {
      await forgetLog()
      let left = allowed
      const limited = Object.create(db, {
        sqlTransaction: {
          value: (work: Parameters<typeof db.sqlTransaction>[0]) => {
            left -= 1
            if (left < 0) throw new Error('killed')
            return db.sqlTransaction(work)
          },
        },
      }) as typeof db
      await sequenceLogs({ ...ctx(), db: limited }).catch(() => undefined)
      await sequence()
      expect((await gists()).filter((one) => !one.startsWith('created'))).toEqual([
        'state off',
        'tagState a',
        'tagState b',
        'tagState c',
        'started',
      ])
      expect((await gists()).slice(0, 3)).toEqual(['created a', 'created b', 'created c'])
      if (left >= 0) break
    }
  })

  test('tells a large repository in pieces, with what happens between them in its place', async () => {
    await push('a', 'one')
    await setPolicy({ tagImmutability: true })
    await push('v9', 'two')
    await sequence()
    await fillTags(ctx().db, doors.params.repositoryId, 4500)
    await forgetLog()
    const { db } = ctx()
    let pieces = 0
    const between = Object.create(db, {
      sqlTransaction: {
        value: async (work: Parameters<typeof db.sqlTransaction>[0]) => {
          const head = await findLog(db, instanceId)
          const done = await db.sqlTransaction(work)
          const next = await findLog(db, instanceId)
          if (next?.phase !== 'states' || next.cursor === head?.cursor) return done
          pieces += 1
          // `a` was told in the first piece; `v9`, whose name it then reserves, was not yet.
          if (pieces === 1) await push('t9999', 'three')
          if (pieces === 2) await forceDelete('v9')
          return done
        },
      },
    }) as typeof db
    await fillLogs({ ...ctx(), db: between })
    // Three of tags, one that begins the reserved names, one of them.
    expect(pieces).toBe(5)
    const replay = new Replay((violation) => expect(violation).toBeNull())
    const leaves = await readLog()
    for (const [index, leaf] of leaves.entries()) replay.take(index, leaf)
    const tags = await db.prisma.tag.findMany()
    expect(tags).toHaveLength(4502)
    for (const { name, digest } of tags) expect(replay.nameOf('test/example', name)?.digest).toBe(digest)
    expect(replay.nameOf('test/example', 'v9')).toMatchObject({ digest: null, reserved: {} })
    expect(replay.count()).toMatchObject({ tags: 4502 })
    expect(leaves.filter((leaf) => leaf.kind === 'tagState')).toHaveLength(4502)
    expect(leaves.at(-1)?.kind).toBe('started')
  })
})

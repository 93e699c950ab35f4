import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import type { Leaf } from '@/lib/domain/transparency/leaf'
import { measureTransparencyLogs } from '@/lib/metadata/transparency-figures'
import { findLog, insertLog } from '@/lib/metadata/transparency-logs'
import { sweepOutbox } from '@/lib/registry/maintenance/sweep-outbox'
import { fillLogs } from '@/lib/testing/fill-logs'
import { forgetLogs } from '@/lib/testing/forget-logs'
import { readWholeLog } from '@/lib/testing/read-whole-log'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { sequenceLogs } from './sequence-logs'

/*
 * What a log cannot read stops that log, and no other. Nothing is left out: it goes on where it stood when the damage is
 * repaired.
 */

/** Another instance, which has nothing but events. */
const other = 'cri-other'

let doors: TestDoors
let instanceId: string

beforeEach(async () => {
  doors = await openTestDoors()
  ;({ instanceId } = doors.params)
  await push('v1')
  await fillLogs(ctx())
  await ctx().db.sqlTransaction((tx) => insertLog(tx, other, 'new'))
})
afterEach(() => doors.close())

const ctx = () => doors.registry.ctx
const sequence = () => sequenceLogs(ctx())
const reasonOf = async (id = instanceId) => (await findLog(ctx().db, id))?.stalled
const lastOf = async (id: string, count: number) => (await readWholeLog(ctx().db, id)).slice(-count).map(gist)

async function push(tag: string): Promise<void> {
  const { bytes } = await doors.registry.image(tag)
  expect((await doors.registry.pushManifest(tag, bytes)).status).toBe(201)
}

async function setPolicy(tagImmutability: boolean): Promise<void> {
  const call = { body: { tagImmutability } }
  expect((await doors.api.call('PATCH', operations.updateRepository.path, doors.params, call)).status).toBe(200)
}

function gist(leaf: Leaf): string {
  return 'tag' in leaf ? `${leaf.kind} ${leaf.tag}` : leaf.kind
}

/** Something happens in the other instance. */
async function happenElsewhere(): Promise<void> {
  const policy = { immutabilityMode: 'off', exemptTags: [] }
  await ctx().db.prisma.outboxEvent.create({
    data: {
      ...{ kind: 'POLICY_CHANGED', instanceId: other, repositoryId: 'crr-other', repositoryPath: 'other/app' },
      ...{ detail: JSON.stringify({ ...policy, former: policy }), createdAt: new Date() },
    },
  })
}

/** Expects that the log stands still for this reason, and the other one does not. */
async function expectStandStill(reason: RegExp): Promise<void> {
  const { size } = (await findLog(ctx().db, instanceId)) ?? {}
  await happenElsewhere()
  await sequence()
  expect(await reasonOf()).toMatch(reason)
  expect(await lastOf(other, 1)).toEqual(['policy'])
  expect(await reasonOf(other)).toBe('')
  await sequence()
  expect(await findLog(ctx().db, instanceId)).toMatchObject({ size })
  expect(await measureTransparencyLogs(ctx().db, new Map(), new Date(Date.now() + 90_000))).toMatchObject({
    stalled: 1,
  })
  const { lagSeconds } = await measureTransparencyLogs(ctx().db, new Map(), new Date(Date.now() + 90_000))
  expect(lagSeconds).toBeGreaterThanOrEqual(90)
}

async function expectGoesOn(leaves: readonly string[]): Promise<void> {
  await sequence()
  expect(await lastOf(instanceId, leaves.length)).toEqual(leaves)
  expect(await reasonOf()).toBe('')
  expect(await measureTransparencyLogs(ctx().db, new Map())).toMatchObject({ stalled: 0, lagSeconds: 0 })
}

test('an entry of the ledger that is gone: nothing is left out, and the events stay in the outbox', async () => {
  await push('v2')
  await push('v3')
  const gone = await ctx().db.prisma.tagEvent.findFirstOrThrow({ where: { tag: 'v2' } })
  await ctx().db.prisma.tagEvent.delete({ where: { id: gone.id } })
  await expectStandStill(new RegExp(`^event \\d+ of the outbox \\(TAG, test/example\\).*no entry ${gone.id}$`))
  await push('v4')
  await sequence()
  await sweepOutbox(ctx().db, new Date(Date.now() + 30 * 24 * 3_600_000))
  await ctx().db.prisma.tagEvent.create({ data: gone })
  await expectGoesOn(['created v1', 'created v2', 'created v3', 'created v4'])
})

test.each([
  ['not JSON', '{', /outbox \(POLICY_CHANGED, test\/example\) cannot be read: .*JSON/],
  ['not a policy', '{"immutabilityMode":"none","exemptTags":[],"former":null}', /policy\.mode/],
  ['without patterns', '{"immutabilityMode":"off","former":null}', /cannot be read/],
])('an event that is %s, until it is repaired', async (_, detail, reason) => {
  await setPolicy(true)
  await setPolicy(false)
  const { prisma } = ctx().db
  const [event] = await prisma.outboxEvent.findMany({
    where: { kind: 'POLICY_CHANGED' },
    orderBy: { id: 'desc' },
    skip: 1,
  })
  const { id = 0 } = event ?? {}
  await prisma.outboxEvent.update({ where: { id }, data: { detail } })
  await expectStandStill(reason)
  await prisma.outboxEvent.update({ where: { id }, data: { detail: event?.detail ?? '' } })
  await expectGoesOn(['created v1', 'policy', 'policy'])
})

test('an event of a kind that this version does not know, which a later one does', async () => {
  await push('v2')
  const { prisma } = ctx().db
  const event = await prisma.outboxEvent.findFirstOrThrow({ orderBy: { id: 'desc' } })
  await prisma.outboxEvent.update({ where: { id: event.id }, data: { kind: 'TAG_PRAISED' } })
  await expectStandStill(/kind is not known/)
  await prisma.outboxEvent.update({ where: { id: event.id }, data: { kind: 'TAG' } })
  await expectGoesOn(['created v1', 'created v2'])
})

test('a digest that is none does not enter the log', async () => {
  await push('v2')
  const { prisma } = ctx().db
  const entry = await prisma.tagEvent.findFirstOrThrow({ where: { tag: 'v2' } })
  await prisma.tagEvent.update({ where: { id: entry.id }, data: { pushedDigest: 'sha256:0' } })
  await expectStandStill(/entry \d+ of the ledger cannot be read: digest/)
  await prisma.tagEvent.update({ where: { id: entry.id }, data: { pushedDigest: entry.pushedDigest } })
  await expectGoesOn(['created v1', 'created v2'])
})

test('a tile that was changed: no checkpoint is signed that contradicts the one before', async () => {
  const { prisma } = ctx().db
  const where = { instanceId_level_tileIndex: { instanceId, level: 0, tileIndex: 0 } }
  const { hashes } = await prisma.transparencyTile.findUniqueOrThrow({ where })
  await prisma.transparencyTile.update({ where, data: { hashes: Buffer.alloc(hashes.length) } })
  await push('v2')
  await expectStandStill(/^the tiles of the log cannot be read/)
  await prisma.transparencyTile.update({ where, data: { hashes } })
  await expectGoesOn(['created v1', 'created v2'])
})

describe('of a registry that is older than its logs', () => {
  test('a damaged entry of the ledger: the other log tells what is before it, and what happens', async () => {
    await push('v2')
    await push('v3')
    await fillLogs(ctx())
    await forgetLogs(ctx().db)
    await ctx().db.sqlTransaction((tx) => insertLog(tx, other, 'new'))
    const { prisma } = ctx().db
    const entry = await prisma.tagEvent.findFirstOrThrow({ where: { tag: 'v2' } })
    await prisma.tagEvent.update({ where: { id: entry.id }, data: { pushedDigest: null } })
    // On PostgreSQL, the ledger is read when the transactions of other tests have ended.
    await expect.poll(async () => (await sequence(), reasonOf()), { timeout: 20_000 }).not.toBe('')
    await push('v4')
    await expectStandStill(new RegExp(`^entry ${entry.id} of the ledger cannot be read`))
    expect(await lastOf(instanceId, 9)).toEqual(['created v1'])
    await prisma.tagEvent.update({ where: { id: entry.id }, data: { pushedDigest: entry.pushedDigest } })
    const states = ['v1', 'v2', 'v3', 'v4'].map((tag) => `tagState ${tag}`)
    // `v4` was pushed before its repository's state was read, so it is told twice, in this order.
    await expectGoesOn(['created v1', 'created v2', 'created v3', 'created v4', 'policyState', ...states, 'started'])
  })
})

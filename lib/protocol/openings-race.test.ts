import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SeenTimes } from '@/lib/domain/openings'
import { systemPrincipal } from '@/lib/domain/principal'
import { closeOpening } from '@/lib/registry/policy/close-opening'
import { openTag } from '@/lib/registry/policy/open-tag'
import { watchOpenings } from '@/lib/registry/policy/watch-openings'
import { updateRepository } from '@/lib/registry/repositories/update-repository'
import { type TestRegistry, imageManifestType, startTestRegistry } from '@/lib/testing/test-registry'
import { raceRounds } from '@/lib/testing/race-rounds'

/* Pushes against the end of an opening and against changes of the policy (docs/immutability.md, parts 4 and 7). */

const rounds = raceRounds
const pushers = 3
const admin = { ...systemPrincipal, kind: 'user', id: 'usr-admin', name: 'admin', credential: 'session' } as const

interface Image {
  readonly bytes: Buffer
  readonly digest: string
}

let registry: TestRegistry
let close: () => Promise<void>
let repositoryId: string
let images: Image[]
/** What is pushed only after the end. */
let neverTaken: Image
/** How long a push takes here. */
let pushMs: number

beforeAll(async () => {
  ;({ registry, close } = await startTestRegistry())
  images = []
  for (let n = 0; n <= pushers; n += 1) images.push(await registry.image(`image-${n}`))
  neverTaken = await registry.image('never taken')
  await registry.pushManifest('v1', imageAt(0).bytes)
  const start = performance.now()
  for (let n = 0; n < 10; n += 1) await registry.pushManifest('warm-up', imageAt(n).bytes)
  pushMs = (performance.now() - start) / 10
  repositoryId = (await registry.ctx.db.prisma.repository.findFirstOrThrow({ where: { path: 'test/example' } })).id
})
afterAll(() => close())

function imageAt(n: number): Image {
  const image = images[n % images.length]
  if (image === undefined) throw new Error('no image')
  return image
}

/** Up to `ms` milliseconds, a different time in each round. */
const somewhereIn = (ms: number, round: number) => (((round * 7919) % 100) / 100) * ms

describe('of an opening', { timeout: 120_000 }, () => {
  beforeEach(() => registry.setPolicy('enforce', ['latest']))

  /**
   * Pushes different digests to the tag, one after another, from several clients, until `isOver`. Each client pushes
   * once more after the end, and must be refused.
   */
  async function pushUntil(isOver: () => boolean): Promise<void> {
    await Promise.all(
      Array.from({ length: pushers }, async (_, pusher) => {
        for (let n = pusher; !isOver(); n += 1) {
          await registry.pushManifest('v1', imageAt(n).bytes)
          // On PostgreSQL, whoever wants the lock for itself waits while others share it without a break.
          await setTimeout(somewhereIn(2 * pushMs, n))
        }
        expect((await registry.pushManifest('v1', neverTaken.bytes)).status).toBe(409)
      }),
    )
  }

  const digestOf = (tag: string) => registry.digestOfTag(tag)

  /** What the ledger has of the last opening, oldest first. */
  async function ledgerOf(openingId: string) {
    const { prisma } = registry.ctx.db
    const opening = await prisma.tagOpening.findUniqueOrThrow({ where: { id: openingId } })
    const opened = await prisma.tagEvent.findFirstOrThrow({ where: { kind: 'OPENED' }, orderBy: { id: 'desc' } })
    const events = await prisma.tagEvent.findMany({ where: { id: { gt: opened.id } }, orderBy: { id: 'asc' } })
    const kinds = events.map(({ kind }) => kind).filter((kind) => kind !== 'REFUSED')
    return { opening, kinds, moves: events.filter(({ kind }) => kind === 'MOVED') }
  }

  test(`${rounds} times, a person closes it while pushes run: after the acknowledgement the tag does not move`, async () => {
    let all = 0
    for (let round = 0; round < rounds; round += 1) {
      const opening = await openTag(registry.ctx, admin, repositoryId, { tag: 'v1', reason: 'race', minutes: 5 })
      let isClosed = false
      const pushing = pushUntil(() => isClosed)
      await setTimeout(somewhereIn(5 * pushMs, round))
      await closeOpening(registry.ctx, admin, repositoryId, opening.id)
      const atClose = await digestOf('v1')
      isClosed = true
      await pushing
      expect(await digestOf('v1')).toBe(atClose)
      const { kinds, moves, opening: row } = await ledgerOf(opening.id)
      expect(kinds).toEqual([...moves.map(() => 'MOVED'), 'CLOSED'])
      expect(row.moveCount).toBe(moves.length)
      for (const { reason } of moves) expect(reason).toBe(`opening ${opening.id}: race`)
      all += moves.length
    }
    // Otherwise nothing raced.
    expect(all).toBeGreaterThan(0)
  })

  test(`${rounds} times, it ends by itself while pushes run: every move is in its time`, async () => {
    let all = 0
    const { db } = registry.ctx
    for (let round = 0; round < rounds; round += 1) {
      const opening = await openTag(registry.ctx, admin, repositoryId, { tag: 'v1', reason: 'race', minutes: 5 })
      const closesAt = new Date(Date.now() + pushMs + somewhereIn(5 * pushMs, round))
      await db.prisma.tagOpening.update({ where: { id: opening.id }, data: { closesAt } })
      const seenTimes = new SeenTimes()
      const watch = async () => {
        while (Date.now() < closesAt.getTime() + 3) {
          await setTimeout(2)
          await watchOpenings(registry.ctx, seenTimes)
        }
      }
      await Promise.all([pushUntil(() => Date.now() > closesAt.getTime()), watch()])
      await watchOpenings(registry.ctx, seenTimes)
      const { kinds, moves } = await ledgerOf(opening.id)
      expect(kinds).toEqual([...moves.map(() => 'MOVED'), 'CLOSED'])
      for (const { createdAt } of moves) {
        expect(createdAt.getTime()).toBeGreaterThanOrEqual(Date.parse(opening.opensAt))
        expect(createdAt.getTime()).toBeLessThan(closesAt.getTime())
      }
      all += moves.length
    }
    expect(all).toBeGreaterThan(0)
  })
})

test(
  `${rounds} times, the policy changes while pushes of several tags run: all tags move or none, never after the change`,
  {
    timeout: 120_000,
  },
  async () => {
    const tags = ['m1', 'm2', 'm3']
    const outcomes = new Map<number, number>()
    const digests = async () => (await Promise.all(tags.map((tag) => registry.digestOfTag(tag)))).map(String)
    const pushAll = (image: Image) =>
      registry.send('PUT', `/v2/test/example/manifests/${image.digest}?${tags.map((tag) => `tag=${tag}`).join('&')}`, {
        body: image.bytes,
        headers: { 'content-type': imageManifestType },
      })
    for (let round = 0; round < rounds; round += 1) {
      await registry.setPolicy('off', ['latest'])
      expect((await pushAll(imageAt(0))).status).toBe(201)
      const pushing = Promise.all(Array.from({ length: pushers }, (_, n) => pushAll(imageAt(n + 1))))
      await setTimeout(somewhereIn(1.5 * pushMs, round))
      await updateRepository(registry.ctx, admin, repositoryId, { tagImmutability: true }, null)
      const atChange = await digests()
      for (const { status } of await pushing) outcomes.set(status, (outcomes.get(status) ?? 0) + 1)
      expect(new Set(atChange).size).toBe(1)
      expect(await digests()).toEqual(atChange)
    }
    // Some landed before the change; in a few rounds on a slow machine, perhaps all.
    expect(outcomes.get(201)).toBeGreaterThan(0)
    expect([...outcomes.keys()].filter((status) => status !== 201 && status !== 409)).toEqual([])
  },
)

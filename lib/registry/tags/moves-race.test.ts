import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import { collectGarbage } from '@/lib/registry/maintenance/collect-garbage'
import { digestOf } from '@/lib/storage/hash'
import type { TestAnswer } from '@/lib/testing/test-api'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { imageManifestType } from '@/lib/testing/test-registry'
import { TestRun, age, ageManifests } from '@/lib/testing/test-run'
import { raceRounds } from '@/lib/testing/race-rounds'

/*
 * Restorations and copies against everything else that moves or removes what they rely on, in many rounds each: whatever
 * the order, only what the rule allows has happened.
 */

/** Rounds at the same time. */
const atOnce = 20
/** In whole groups of them. */
const rounds = Math.ceil(raceRounds / atOnce) * atOnce
const timeout = 300_000
const indexType = 'application/vnd.oci.image.index.v1+json'

let doors: TestDoors
/** The repository `test/prod`, to which tags of `test/example` are copied. */
let prodId: string
let blob: { readonly digest: string; readonly size: number }

beforeEach(async () => {
  doors = await openTestDoors()
  const body = { namespace: 'test', name: 'prod' }
  prodId = (await doors.api.call('POST', operations.createRepository.path, doors.params, { body })).json.id
  blob = { digest: await doors.registry.pushBlob('{}'), size: 2 }
  await doors.registry.pushBlob('{}', 'test/prod')
})
afterEach(() => doors.close())

interface Image {
  readonly bytes: Buffer
  readonly digest: string
}

function imageOf(seed: string): Image {
  const config = { mediaType: 'application/x', ...blob }
  const manifest = { schemaVersion: 2, mediaType: imageManifestType, config, layers: [], annotations: { seed } }
  const bytes = Buffer.from(JSON.stringify(manifest))
  return { bytes, digest: digestOf(bytes) }
}

function indexOf(children: readonly Image[]): Image {
  const manifests = children.map(({ bytes, digest }) => ({ mediaType: imageManifestType, digest, size: bytes.length }))
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }))
  return { bytes, digest: digestOf(bytes) }
}

async function push(tag: string, { bytes }: Image, { type = imageManifestType, name = 'test/example' } = {}) {
  const headers = { 'content-type': type }
  return (await doors.registry.pushManifest(tag, bytes, { headers }, name)).status
}

async function mustPush(tag: string, image: Image, options: { type?: string; name?: string } = {}): Promise<void> {
  expect(await push(tag, image, options)).toBe(201)
}

const wordOf = ({ status, json }: TestAnswer) => (status < 300 ? String(json['outcome']) : json.code)

/** Restores, and answers what came of it. */
async function restore(tag: string, { digest }: Image): Promise<string> {
  const body = { digest }
  return wordOf(await doors.api.call('POST', operations.restoreTag.path, { ...doors.params, tag }, { body }))
}

/** Copies to `test/prod`, and answers what came of it. */
async function promote(name: string, source: { readonly tag: string } | { readonly digest: string }): Promise<string> {
  const body = { name, source: { repositoryId: doors.params.repositoryId, ...source } }
  return wordOf(await doors.api.call('POST', operations.copyTag.path, { repositoryId: prodId }, { body }))
}

async function enforce(repositoryId: string): Promise<void> {
  const body = { tagImmutability: true }
  const { status } = await doors.api.call('PATCH', operations.updateRepository.path, { repositoryId }, { body })
  expect(status).toBe(200)
}

const remove = async (reference: string, name = 'test/example') =>
  (await doors.registry.send('DELETE', `/v2/${name}/manifests/${reference}`)).status

/** Does `work` within so many milliseconds: what races with it comes first in some rounds, and last in others. */
async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  await setTimeout(Math.random() * ms)
  return work()
}

/**
 * Within how many milliseconds the opponent of a copy or a restoration starts: in half of the rounds much later, because
 * these read on threads before they write.
 */
const headStart = (tag: string) => (Number(tag.slice(1)) % 2 === 0 ? 20 : 1000)

/** Runs the rounds, several at once, and counts what came of them. */
async function race(round: (tag: string) => Promise<string>): Promise<Readonly<Record<string, number>>> {
  const tally: Record<string, number> = {}
  for (let start = 0; start < rounds; start += atOnce) {
    const group = Array.from({ length: atOnce }, (_, n) => round(`v${start + n}`))
    for (const outcome of await Promise.all(group)) tally[outcome] = (tally[outcome] ?? 0) + 1
  }
  expect(Object.values(tally).reduce((sum, count) => sum + count, 0)).toBe(rounds)
  return tally
}

/** Collects garbage without a grace period, again and again, until the returned function is called. */
function collecting(): () => Promise<void> {
  const { ctx } = doors.registry
  const state = { isOver: false }
  const work = (async () => {
    while (!state.isOver) {
      await age(ctx)
      await ageManifests(ctx)
      await collectGarbage(ctx, { graceSeconds: 0, isDryRun: false }, new TestRun())
    }
  })()
  return async () => {
    state.isOver = true
    await work
  }
}

/** Whether each entry of a tag's ledger starts where the one before it ended, and the last one where the tag points. */
async function expectChain(repositoryId: string, tag: string, name = 'test/example'): Promise<void> {
  const { db } = doors.registry.ctx
  const entries = await db.prisma.tagEvent.findMany({ where: { repositoryId, tag }, orderBy: { id: 'asc' } })
  const moves = entries.filter(({ kind }) => kind !== 'REFUSED')
  let at: string | null = null
  for (const { currentDigest, pushedDigest } of moves) {
    expect(currentDigest).toBe(at)
    at = pushedDigest
  }
  expect(await doors.registry.digestOfTag(tag, name)).toBe(at)
}

/** Expects a tag of `test/prod` to be there with everything that it leads to. */
async function expectWhole(tag: string, image: Image, children: readonly Image[] = []): Promise<void> {
  for (const reference of [tag, ...children.map(({ digest }) => digest)]) {
    const { status } = await doors.registry.send('GET', `/v2/test/prod/manifests/${reference}`)
    expect([reference, status]).toEqual([reference, 200])
  }
  expect(await doors.registry.digestOfTag(tag, 'test/prod')).toBe(image.digest)
  expect((await doors.registry.send('GET', `/v2/test/prod/blobs/${blob.digest}`)).status).toBe(200)
}

describe('restorations', () => {
  test('against pushes of the same tag: one after the other', { timeout }, async () => {
    const first = imageOf('first')
    const tally = await race(async (tag) => {
      await mustPush(tag, first)
      await mustPush(tag, imageOf(`${tag} b`))
      const [outcome] = await Promise.all([
        restore(tag, first),
        mustPush(tag, imageOf(`${tag} c`)),
        restore(tag, first),
      ])
      await expectChain(doors.params.repositoryId, tag)
      return outcome
    })
    expect(Object.keys(tally).every((outcome) => ['moved', 'unchanged'].includes(outcome))).toBe(true)
  })

  test('against turning immutability on: none moves a tag after that is acknowledged', { timeout }, async () => {
    const [one, two] = [imageOf('one'), imageOf('two')]
    for (let n = 0; n < rounds; n += 1) {
      await mustPush(`v${n}`, one)
      await mustPush(`v${n}`, two)
    }
    const tally: Record<string, number> = {}
    for (let start = 0; start < rounds; start += atOnce) {
      await doors.registry.setImmutable(false)
      const tags = Array.from({ length: atOnce }, (_, n) => `v${start + n}`)
      const restoring = tags.map((tag) => within(60, () => restore(tag, one)))
      await within(30, () => enforce(doors.params.repositoryId))
      const atAcknowledgement = await Promise.all(tags.map((tag) => doors.registry.digestOfTag(tag)))
      const outcomes = await Promise.all(restoring)
      for (const [n, tag] of tags.entries()) {
        const outcome = outcomes[n] ?? ''
        expect(await doors.registry.digestOfTag(tag)).toBe(atAcknowledgement[n])
        expect([outcome, atAcknowledgement[n]]).toEqual(
          outcome === 'moved' ? ['moved', one.digest] : ['TAG_IMMUTABLE', two.digest],
        )
        tally[outcome] = (tally[outcome] ?? 0) + 1
      }
    }
    expect(Object.values(tally).reduce((sum, count) => sum + count, 0)).toBe(rounds)
  })

  test(
    'against the deletion of the manifest: restored and deleted with its tag, or gone before',
    { timeout },
    async () => {
      const tally = await race(async (tag) => {
        const [one, two] = [imageOf(`${tag} a`), imageOf(`${tag} b`)]
        await mustPush(tag, one)
        await mustPush(tag, two)
        const [outcome, deleted] = await Promise.all([
          within(40, () => restore(tag, one)),
          within(headStart(tag), () => remove(one.digest)),
        ])
        expect(deleted).toBe(202)
        // The deletion takes the tags that point at the manifest.
        expect([outcome, await doors.registry.digestOfTag(tag)]).toEqual(
          outcome === 'moved' ? ['moved', null] : ['MANIFEST_GONE', two.digest],
        )
        await expectChain(doors.params.repositoryId, tag)
        return outcome
      })
      expect(Object.keys(tally).every((outcome) => ['moved', 'MANIFEST_GONE'].includes(outcome))).toBe(true)
    },
  )

  test('against collection: the manifest is there, or was collected before', { timeout }, async () => {
    const stop = collecting()
    const tally = await race(async (tag) => {
      const [one, two] = [imageOf(`${tag} a`), imageOf(`${tag} b`)]
      await mustPush(tag, one)
      await mustPush(tag, two)
      // Half of them at once: in few rounds, collection is fast.
      const outcome = await within(Number(tag.slice(1)) % 2 === 0 ? 0 : 300, () => restore(tag, one))
      const { status } = await doors.registry.send('GET', `/v2/test/example/manifests/${tag}`)
      expect(status).toBe(200)
      expect([outcome, await doors.registry.digestOfTag(tag)]).toEqual(
        outcome === 'moved' ? ['moved', one.digest] : ['MANIFEST_GONE', two.digest],
      )
      return outcome
    })
    await stop()
    expect(tally['moved']).toBeGreaterThan(0)
  })
})

describe('copies', () => {
  test('against pushes and other copies of a new immutable tag: exactly one wins', { timeout }, async () => {
    await doors.registry.setPolicy('enforce', ['latest'], 'test/prod')
    const images = ['one', 'two', 'three'].map(imageOf)
    const [one, two, three] = images as [Image, Image, Image]
    for (const image of images) await mustPush(image.digest, image)
    const tally = await race(async (tag) => {
      const [pushed, ...copied] = await Promise.all([
        within(headStart(tag), () => push(tag, one, { name: 'test/prod' })),
        within(20, () => promote(tag, { digest: two.digest })),
        within(20, () => promote(tag, { digest: three.digest })),
      ])
      const outcomes = [pushed === 201 ? 'created' : `${pushed}`, ...copied]
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1)
      expect(outcomes.every((outcome) => ['created', '409', 'TAG_IMMUTABLE'].includes(outcome))).toBe(true)
      const winner = outcomes.indexOf('created')
      expect(await doors.registry.digestOfTag(tag, 'test/prod')).toBe(images[winner]?.digest)
      return winner === 0 ? 'push' : 'copy'
    })
    expect(tally['copy']).toBeGreaterThan(0)
  })

  test('against turning immutability on: none moves a tag after that is acknowledged', { timeout }, async () => {
    const [one, two] = [imageOf('one'), imageOf('two')]
    const index = indexOf([one])
    await mustPush(one.digest, one)
    await mustPush(index.digest, index, { type: indexType })
    for (let n = 0; n < rounds; n += 1) await mustPush(`v${n}`, two, { name: 'test/prod' })
    for (let start = 0; start < rounds; start += atOnce) {
      await doors.registry.setImmutable(false, 'test/prod')
      const tags = Array.from({ length: atOnce }, (_, n) => `v${start + n}`)
      // Of an index, which has a trial and a second transaction.
      const copying = tags.map((tag) => within(60, () => promote(tag, { digest: index.digest })))
      await within(60, () => enforce(prodId))
      const atAcknowledgement = await Promise.all(tags.map((tag) => doors.registry.digestOfTag(tag, 'test/prod')))
      for (const [n, outcome] of (await Promise.all(copying)).entries()) {
        expect(await doors.registry.digestOfTag(tags[n] ?? '', 'test/prod')).toBe(atAcknowledgement[n])
        expect([outcome, atAcknowledgement[n]]).toEqual(
          outcome === 'moved' ? ['moved', index.digest] : ['TAG_IMMUTABLE', two.digest],
        )
      }
    }
  })

  test('against the deletion of the source: whole, or not at all', { timeout }, async () => {
    const tally = await race(async (tag) => {
      const image = imageOf(tag)
      await mustPush(tag, image)
      const [outcome, deleted] = await Promise.all([
        within(40, () => promote(tag, { tag })),
        within(headStart(tag), () => remove(image.digest)),
      ])
      expect(deleted).toBe(202)
      if (outcome === 'created') await expectWhole(tag, image)
      else expect([outcome, await doors.registry.digestOfTag(tag, 'test/prod')]).toEqual(['MANIFEST_UNKNOWN', null])
      return outcome
    })
    expect(tally['created']).toBeGreaterThan(0)
  })

  test('against collection of both repositories: whole, or not at all', { timeout }, async () => {
    const stop = collecting()
    const tally = await race(async (tag) => {
      const children = [imageOf(`${tag} a`), imageOf(`${tag} b`)]
      const index = indexOf(children)
      for (const [n, child] of children.entries()) await mustPush(`${tag}-${n}`, child)
      await mustPush(tag, index, { type: indexType })
      const outcome = await promote(tag, { tag })
      if (outcome === 'created') await expectWhole(tag, index, children)
      else expect([outcome, await doors.registry.digestOfTag(tag, 'test/prod')]).toEqual(['UNAVAILABLE', null])
      return outcome
    })
    await stop()
    expect(tally['created']).toBeGreaterThan(0)
  })
})

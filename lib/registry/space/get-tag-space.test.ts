import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type Pushable,
  descriptorOfManifest,
  digestOf,
  emptyConfig,
  indexOf,
  manifestOf,
  pushAll,
} from '@/e2e/content/pushable'
import { tagSpace } from '@/lib/api/schemas/space'
import { collectGarbage } from '@/lib/registry/maintenance/collect-garbage'
import { holdMaxMs, leastHold } from '@/lib/testing/event-loop'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { TestRun, age, ageManifests } from '@/lib/testing/test-run'
import { BoundedReads } from './bounded-reads'
import { measureTag } from './measure-tag'

let doors: TestDoors

beforeEach(async () => {
  doors = await openTestDoors()
  await doors.api.ctx.db.prisma.namespace.updateMany({
    data: { acceptSparseManifests: true, autoCreateRepository: true },
  })
})
afterEach(() => doors.close())

const paths = ['test/example', 'test/second', 'test/third'] as const

function push(content: readonly Pushable[], path: string = paths[0]) {
  return pushAll((...request) => doors.registry.send(...request), path, content)
}

async function repositoryId(path: string): Promise<string> {
  return (await doors.api.ctx.db.prisma.repository.findFirstOrThrow({ where: { path } })).id
}

async function spaceOf(tag: string, path: string = paths[0]) {
  const params = { repositoryId: await repositoryId(path), tag }
  const { status, json } = await doors.api.call('GET', '/repositories/{repositoryId}/tags/{tag}/space', params)
  expect(status).toBe(200)
  return tagSpace.parse(json)
}

async function deleteTag(tag: string, path: string = paths[0]) {
  const params = { repositoryId: await repositoryId(path), tag }
  expect((await doors.api.call('DELETE', '/repositories/{repositoryId}/tags/{tag}', params)).status).toBe(200)
}

/** Collects all garbage; returns the freed bytes. */
async function collect(): Promise<number> {
  const { ctx } = doors.api
  await age(ctx)
  await ageManifests(ctx)
  const run = new TestRun()
  await collectGarbage(ctx, { graceSeconds: 3600, isDryRun: false }, run)
  return (run.counts['removedManifestBytes'] ?? 0) + (run.counts['removedBytes'] ?? 0)
}

const layer = (name: string, size = 1000) => ({ mediaType: 'application/x', bytes: Buffer.alloc(size, name) })

/** A tagged image of such layers, whose config is no other image's. */
function image(name: string, layers: readonly ReturnType<typeof layer>[], tag: string | null = name): Pushable {
  return manifestOf(layer(`config of ${name}`, 100), layers, { tag })
}

describe('what a tag takes, and what its deletion frees', () => {
  test('a layer that two tags share is no tag`s own; that of one is', async () => {
    const [a, b] = [image('a', [layer('base', 5000), layer('a')]), image('b', [layer('base', 5000), layer('b')])]
    await push([a, b])
    const own = a.manifest.length + 100 + 1000
    expect(await spaceOf('a')).toEqual({
      ...{ sizeBytes: own + 5000, exclusiveBytes: own, sharedBytes: 5000, ifDeletedBytes: own, isComplete: true },
    })
    await deleteTag('a')
    expect(await collect()).toBe(own)
    expect((await spaceOf('b')).sharedBytes).toBe(0)
  })

  test('a second tag of the same image: nothing is freed', async () => {
    const a = image('a', [layer('a')])
    await push([a, { ...a, tag: 'also' }])
    expect(await spaceOf('a')).toMatchObject({ exclusiveBytes: 0, ifDeletedBytes: 0 })
    await deleteTag('a')
    expect(await collect()).toBe(0)
  })

  test('what another repository has too stays, until nothing there reaches it', async () => {
    const a = image('a', [layer('base', 5000)])
    await push([a])
    await push([a], paths[1])
    // A manifest takes room in each repository that has it.
    const own = a.manifest.length
    expect(await spaceOf('a')).toMatchObject({ sizeBytes: own + 5100, exclusiveBytes: own, ifDeletedBytes: own })
    await deleteTag('a', paths[1])
    expect(await spaceOf('a')).toMatchObject({ exclusiveBytes: own, ifDeletedBytes: own + 5100 })
  })

  test('its referrers go with it, what a technical tag holds does not', async () => {
    const a = image('a', [layer('a')])
    const referrer = manifestOf(layer('sbom config', 10), [], { subject: descriptorOfManifest(a) })
    const signature = image('signature', [], `${a.digest.replace(':', '-')}.sig`)
    await push([a, referrer, signature])
    const size = a.manifest.length + 1100 + referrer.manifest.length + 10
    expect(await spaceOf('a')).toMatchObject({ sizeBytes: size, exclusiveBytes: size, ifDeletedBytes: size })
    await deleteTag('a')
    expect(await collect()).toBe(size)
  })

  test('a namespace that keeps untagged manifests for ever frees nothing', async () => {
    await push([image('a', [layer('a')])])
    await doors.api.ctx.db.prisma.namespace.updateMany({ data: { untaggedRetentionDays: 0 } })
    const space = await spaceOf('a')
    expect([space.ifDeletedBytes, space.exclusiveBytes]).toEqual([0, space.sizeBytes])
  })

  test('a tag that is not there is not found', async () => {
    const { status } = await doors.api.call('GET', '/repositories/{repositoryId}/tags/{tag}/space', {
      ...doors.params,
      tag: 'none',
    })
    expect(status).toBe(404)
  })
})

/** Numbers from 0 to `max - 1` that look random and are the same each time. */
function numbersOf(seed: number): (max: number) => number {
  let state = seed
  return (max) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * max)
  }
}

/** Pushes images, indexes and referrers that share much, under few tags, to three repositories. */
async function pushAtRandom(next: (max: number) => number): Promise<void> {
  const made: Pushable[] = []
  const tagOrNone = () => (next(5) < 2 ? `t${next(5)}` : null)
  const pick = () => made[next(made.length)]
  for (let at = 0; at < 22; at++) {
    const kind = made.length < 3 ? 0 : next(4)
    const [one, other] = [pick(), pick()]
    const layers = Array.from({ length: next(4) }, () => layer(`layer ${next(8)}`, 500 + next(2)))
    const config = next(2) === 0 ? emptyConfig : layer(`config ${next(4)}`, 50)
    const fields = { tag: tagOrNone(), annotations: { at: String(at) } }
    if (one === undefined || other === undefined || kind < 2) made.push(manifestOf(config, layers, fields))
    else if (kind === 2) made.push(indexOf([one, other].map(descriptorOfManifest), fields.tag))
    else made.push(manifestOf(config, layers, { ...fields, subject: descriptorOfManifest(one) }))
  }
  // In any order, not all of them everywhere: indexes without their children, referrers without their subject.
  for (const path of paths)
    await push(
      made.filter(() => next(3) > 0),
      path,
    )
}

/** All rows, as plain lists. */
async function readAll() {
  const { prisma } = doors.api.ctx.db
  return {
    manifests: await prisma.manifest.findMany(),
    references: await prisma.manifestReference.findMany(),
    tags: await prisma.tag.findMany(),
    links: await prisma.repositoryBlob.findMany(),
    blobs: await prisma.blob.findMany(),
  }
}

type Rows = Awaited<ReturnType<typeof readAll>>

/** What is left when everything that nothing reaches is taken away, one after the other, without a tag. */
function leftOf(rows: Rows, repository: string, tag: string): ReadonlySet<string> {
  const at = (repositoryId: string, digest: string | null) => `${repositoryId} ${digest}`
  let manifests = rows.manifests
  const tagged = new Set(
    rows.tags
      .filter(({ repositoryId, name }) => repositoryId !== repository || name !== tag)
      .map(({ repositoryId, digest }) => at(repositoryId, digest)),
  )
  for (let before = -1; before !== manifests.length;) {
    before = manifests.length
    const there = new Set(manifests.map(({ repositoryId, digest }) => at(repositoryId, digest)))
    const named = new Set(
      rows.references
        .filter(({ repositoryId, parentDigest }) => there.has(at(repositoryId, parentDigest)))
        .map(({ repositoryId, childDigest }) => at(repositoryId, childDigest)),
    )
    manifests = manifests.filter(({ repositoryId, digest, subjectDigest }) => {
      const key = at(repositoryId, digest)
      return tagged.has(key) || named.has(key) || there.has(at(repositoryId, subjectDigest))
    })
  }
  const left = new Set(manifests.map(({ repositoryId, digest }) => at(repositoryId, digest)))
  const links = rows.links.filter(({ repositoryId, digest }) =>
    rows.references.some(
      (row) =>
        row.repositoryId === repositoryId && row.childDigest === digest && left.has(at(repositoryId, row.parentDigest)),
    ),
  )
  return new Set([...left, ...links.map(({ digest }) => digest)])
}

/** What a deletion frees: the difference between what is left with and without the tag. */
function freedOf(rows: Rows, repository: string, tag: string): number {
  const [without, with_] = [leftOf(rows, repository, tag), leftOf(rows, repository, '')]
  const sizes = [
    ...rows.manifests.map((row) => [`${row.repositoryId} ${row.digest}`, row.content.length] as const),
    ...rows.blobs.map(({ digest, sizeBytes }) => [digest, Number(sizeBytes)] as const),
  ]
  return sizes.reduce((sum, [key, size]) => (with_.has(key) && !without.has(key) ? sum + size : sum), 0)
}

describe('random repositories', () => {
  test.each([1, 2])(
    'each number is that of a model, and what a collection frees (%i)',
    { timeout: 60_000 },
    async (seed) => {
      const next = numbersOf(seed)
      await pushAtRandom(next)
      const rows = await readAll()
      for (const { repositoryId: id, name } of rows.tags) {
        const path = (await doors.api.ctx.db.prisma.repository.findUniqueOrThrow({ where: { id } })).path
        const space = await spaceOf(name, path)
        expect(space.ifDeletedBytes).toBe(freedOf(rows, id, name))
        expect(space.exclusiveBytes).toBeLessThanOrEqual(space.ifDeletedBytes)
        expect(space.sharedBytes).toBe(space.sizeBytes - space.exclusiveBytes)
      }
      await collect()
      for (const { repositoryId: id, name } of rows.tags) {
        const path = (await doors.api.ctx.db.prisma.repository.findUniqueOrThrow({ where: { id } })).path
        const { ifDeletedBytes, exclusiveBytes } = await spaceOf(name, path)
        // Without garbage, nothing but tags and what they reach has anything.
        expect(exclusiveBytes).toBe(ifDeletedBytes)
        await deleteTag(name, path)
        expect(await collect()).toBe(ifDeletedBytes)
      }
      expect((await readAll()).blobs).toEqual([])
    },
  )
})

/** Makes rows as if an index of this many images had been pushed: each with a layer of its own and a common one. */
async function fillIndex(count: number): Promise<void> {
  const { db } = doors.api.ctx
  const id = doors.params.repositoryId
  const digests = (kind: string) => Array.from({ length: count }, (_, at) => digestOf(Buffer.from(`${kind} ${at}`)))
  const [root, base] = [digestOf(Buffer.from('root')), digestOf(Buffer.from('base'))]
  const [children, layers] = [digests('child'), digests('layer')]
  const manifest = { repositoryId: id, mediaType: 'x', content: Buffer.from('{}'), sizeBytes: 2, totalSizeBytes: 2n }
  const reference = { repositoryId: id, fingerprint: '', count: 1 }
  const rest = { platforms: '', pushedBy: 'admin' }
  await db.prisma.blob.createMany({ data: [base, ...layers].map((digest) => ({ digest, sizeBytes: 10n })) })
  await db.prisma.repositoryBlob.createMany({
    data: [base, ...layers].map((digest) => ({ repositoryId: id, digest })),
  })
  await db.prisma.manifest.createMany({ data: [root, ...children].map((digest) => ({ ...manifest, ...rest, digest })) })
  await db.prisma.manifestReference.createMany({
    data: children.flatMap((child, at) => [
      { ...reference, parentDigest: root, childDigest: child, kind: 'MANIFEST' as const },
      { ...reference, parentDigest: child, childDigest: base, kind: 'LAYER' as const },
      { ...reference, parentDigest: child, childDigest: layers[at] ?? base, kind: 'LAYER' as const },
    ]),
  })
  const now = new Date()
  const tag = { repositoryId: id, name: 'large', digest: root, updatedBy: 'admin', createdAt: now, updatedAt: now }
  await db.prisma.tag.create({ data: tag })
}

describe('bounded', () => {
  beforeEach(() => fillIndex(1_000))

  test('an index of many images is looked at whole, and holds up nobody', { timeout: 60_000 }, async () => {
    const size = 1_001 * 2 + 1_001 * 10
    expect(await spaceOf('large')).toEqual({
      ...{ sizeBytes: size, exclusiveBytes: size, sharedBytes: 0, ifDeletedBytes: size, isComplete: true },
    })
    expect(await leastHold(() => Promise.resolve(() => spaceOf('large')))).toBeLessThan(holdMaxMs)
  })

  test.each([1, 10, 40, 60, 80])('after %i statements, the numbers are at least these', async (max) => {
    const { db } = doors.api.ctx
    const tag = { name: 'large', digest: digestOf(Buffer.from('root')) }
    const space = await measureTag(new BoundedReads(db, max), doors.params.repositoryId, tag)
    expect(space).toMatchObject({ isComplete: false, exclusiveBytes: 0, ifDeletedBytes: 0 })
    expect(space.sizeBytes).toBeLessThanOrEqual(1_001 * 12)
  })
})

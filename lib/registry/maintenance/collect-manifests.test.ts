import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { removeUnreachedManifests } from '@/lib/metadata/untagged'
import { lockRepositoryExclusively } from '@/lib/metadata/repositories'
import { digestOf } from '@/lib/storage/hash'
import { fillRepository } from '@/lib/testing/fill-repository'
import { type TestRegistry, imageManifestType, startTestRegistry } from '@/lib/testing/test-registry'
import { TestRun, age, ageManifests } from '@/lib/testing/test-run'
import { collectGarbage } from './collect-garbage'

const name = 'test/example'
const dayMs = 24 * 3_600_000
const indexType = 'application/vnd.oci.image.index.v1+json'

let registry: TestRegistry
let close: () => Promise<void>

beforeEach(async () => ({ registry, close } = await startTestRegistry()))
afterEach(async () => {
  vi.restoreAllMocks()
  await close()
})

interface Pushed {
  readonly digest: string
  readonly bytes: Buffer
}

async function pushImage(seed: string, tag?: string): Promise<Pushed> {
  const { bytes, digest } = await registry.image(seed)
  expect((await registry.pushManifest(tag ?? digest, bytes)).status).toBe(201)
  return { digest, bytes }
}

async function pushIndex(children: readonly Pushed[], tag?: string, seed = ''): Promise<Pushed> {
  const manifests = children.map(({ digest, bytes }) => ({ mediaType: imageManifestType, digest, size: bytes.length }))
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests, annotations: { seed } }),
  )
  const digest = digestOf(bytes)
  const headers = { 'content-type': indexType }
  expect((await registry.pushManifest(tag ?? digest, bytes, { headers })).status).toBe(201)
  return { digest, bytes }
}

/** Pushes a referrer by digest. */
async function pushReferrer(subject: Pushed, seed: string): Promise<Pushed> {
  const config = { mediaType: 'application/x', digest: await registry.pushBlob(seed), size: seed.length }
  const manifest = {
    schemaVersion: 2,
    mediaType: imageManifestType,
    config,
    layers: [],
    subject: { mediaType: imageManifestType, digest: subject.digest, size: subject.bytes.length },
  }
  const bytes = Buffer.from(JSON.stringify(manifest))
  const digest = digestOf(bytes)
  expect((await registry.pushManifest(digest, bytes)).status).toBe(201)
  return { digest, bytes }
}

async function deleteTag(tag: string) {
  expect((await registry.send('DELETE', `/v2/${name}/manifests/${tag}`)).status).toBe(202)
}

async function collect(options: { isDryRun?: boolean; graceSeconds?: number } = {}) {
  const run = new TestRun()
  await collectGarbage(registry.ctx, { graceSeconds: 3600, isDryRun: false, ...options }, run)
  const { examinedBlobs: _blobs, examinedBytes: _bytes, ...removed } = run.counts
  return removed
}

/** Which of the manifests are there. GET, because HEAD would keep them. */
async function present(...manifests: readonly Pushed[]): Promise<boolean[]> {
  const statuses = []
  for (const { digest } of manifests) {
    statuses.push((await registry.send('GET', `/v2/${name}/manifests/${digest}`)).status === 200)
  }
  return statuses
}

async function setDays(untaggedRetentionDays: number) {
  await registry.ctx.db.prisma.namespace.updateMany({ data: { untaggedRetentionDays } })
}

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * dayMs)
}

describe('what nothing reaches', () => {
  test('goes with its blobs, when it is old: what pushes of one tag left behind, and all when the tag is deleted', async () => {
    const images = [
      await pushImage('one', 'latest'),
      await pushImage('two', 'latest'),
      await pushImage('three', 'latest'),
    ]
    await age(registry.ctx)
    await ageManifests(registry.ctx)
    const sizeOf = (...pushed: readonly Pushed[]) => pushed.reduce((sum, { bytes }) => sum + bytes.length, 0)
    expect(await collect()).toMatchObject({
      removedManifests: 2,
      removedManifestBytes: sizeOf(...images.slice(0, 2)),
      removedLinks: 4,
      removedBlobs: 4,
    })
    expect(await present(...images)).toEqual([false, false, true])
    await deleteTag('latest')
    await ageManifests(registry.ctx)
    expect(await collect()).toMatchObject({ removedManifests: 1, removedBlobs: 2 })
    expect(await registry.ctx.db.prisma.blob.count()).toBe(0)
    const events = await registry.ctx.db.prisma.outboxEvent.findMany({ where: { kind: 'MANIFEST_DELETED' } })
    expect(events.map(({ detail }) => (JSON.parse(detail ?? '{}') as { digest: string }).digest).sort()).toEqual(
      images.map(({ digest }) => digest).sort(),
    )
  })

  test('stays while it is younger than its namespace says: by its push, or by the tag that left it', async () => {
    const pushed = await pushImage('pushed')
    const left = await pushImage('left', 'moving')
    await pushImage('next', 'moving')
    const deleted = await pushImage('deleted', 'deleted')
    await deleteTag('deleted')
    const { prisma } = registry.ctx.db
    const makeOld = async (days: number) => {
      await prisma.manifest.updateMany({ where: { digest: pushed.digest }, data: { seenAt: daysAgo(days) } })
      await prisma.manifest.updateMany({ where: { digest: { not: pushed.digest } }, data: { seenAt: daysAgo(1000) } })
      await prisma.tagEvent.updateMany({ data: { createdAt: daysAgo(days) } })
    }
    await makeOld(13.9)
    expect(await collect()).toEqual({})
    await makeOld(14.1)
    expect(await collect()).toMatchObject({ removedManifests: 3 })
    expect(await present(pushed, left, deleted)).toEqual([false, false, false])
  })

  test('stays for ever when its namespace says 0, and for the grace period at least', async () => {
    const image = await pushImage('image')
    await ageManifests(registry.ctx)
    await setDays(0)
    expect(await collect()).toEqual({})
    await setDays(1)
    await registry.ctx.db.prisma.manifest.updateMany({ data: { seenAt: daysAgo(2) } })
    expect(await collect({ graceSeconds: 3 * 24 * 3600 })).toEqual({})
    expect(await collect()).toMatchObject({ removedManifests: 1 })
    expect(await present(image)).toEqual([false])
  })

  test('stays when it is pushed again, or a client asks whether it must push it', async () => {
    const again = await pushImage('again')
    const asked = await pushImage('asked')
    const read = await pushImage('read')
    await ageManifests(registry.ctx)
    await registry.pushManifest(again.digest, again.bytes)
    expect((await registry.send('HEAD', `/v2/${name}/manifests/${asked.digest}`)).status).toBe(200)
    expect((await registry.send('GET', `/v2/${name}/manifests/${read.digest}`)).status).toBe(200)
    expect(await collect()).toMatchObject({ removedManifests: 1 })
    expect(await present(again, asked, read)).toEqual([true, true, false])
  })

  test('goes from an immutable repository too, and nothing that a protected tag reaches', async () => {
    const child = await pushImage('child')
    const index = await pushIndex([child], 'v1')
    const signature = await pushReferrer(child, 'signature')
    const untagged = await pushImage('untagged')
    await registry.setImmutable(true)
    await ageManifests(registry.ctx)
    expect(await collect()).toMatchObject({ removedManifests: 1 })
    expect(await present(index, child, signature, untagged)).toEqual([true, true, true, false])
  })
})

describe('what reaches a manifest keeps it, at any depth', () => {
  test('an index its children and those of the indexes in it', async () => {
    const child = await pushImage('child')
    const inner = await pushIndex([child], undefined, 'inner')
    const outer = await pushIndex([inner], 'v1', 'outer')
    await ageManifests(registry.ctx)
    expect(await collect()).toEqual({})
    await deleteTag('v1')
    expect(await collect()).toEqual({})
    await ageManifests(registry.ctx)
    expect(await collect()).toMatchObject({ removedManifests: 3 })
    expect(await present(child, inner, outer)).toEqual([false, false, false])
  })

  test('an index that was pushed a moment ago keeps an old child', async () => {
    const child = await pushImage('child')
    await ageManifests(registry.ctx)
    const index = await pushIndex([child])
    expect(await collect()).toEqual({})
    expect(await present(child, index)).toEqual([true, true])
  })

  test('a subject its referrers, and theirs; they go with it', async () => {
    const image = await pushImage('image', 'v1')
    const bill = await pushReferrer(image, 'bill of materials')
    const signature = await pushReferrer(bill, 'signature')
    await ageManifests(registry.ctx)
    expect(await collect()).toEqual({})
    await deleteTag('v1')
    await ageManifests(registry.ctx)
    expect(await collect()).toMatchObject({ removedManifests: 3 })
    expect(await present(image, bill, signature)).toEqual([false, false, false])
  })

  test('a tagged signature does not keep its image', async () => {
    const image = await pushImage('image')
    const signature = await pushReferrer(image, 'signature')
    await registry.pushManifest('signature', signature.bytes)
    await ageManifests(registry.ctx)
    expect(await collect()).toMatchObject({ removedManifests: 1 })
    expect(await present(image, signature)).toEqual([false, true])
  })

  test('what only a deleted index reached is kept from its deletion on', async () => {
    const child = await pushImage('child')
    const signature = await pushReferrer(child, 'signature')
    const index = await pushIndex([child], 'v1')
    const referrer = await pushReferrer(index, 'of the index')
    await ageManifests(registry.ctx)
    await deleteTag(index.digest)
    expect(await collect()).toEqual({})
    expect(await present(child, signature, referrer)).toEqual([true, true, true])
    await ageManifests(registry.ctx)
    expect(await collect()).toMatchObject({ removedManifests: 3 })
  })
})

describe('a dry run', () => {
  test('counts what a collection would remove, by name, and removes nothing', async () => {
    const child = await pushImage('child')
    const index = await pushIndex([child], 'moving')
    const signature = await pushReferrer(child, 'signature')
    const other = await pushImage('other', 'moving')
    await age(registry.ctx)
    await ageManifests(registry.ctx)
    const { prisma } = registry.ctx.db
    for (let repetition = 0; repetition < 2; repetition++) {
      const foreseen = await collect({ isDryRun: true })
      expect(foreseen).toMatchObject({ removedManifests: 3, removedLinks: 3, removedBlobs: 3 })
      const planned = await prisma.plannedRemoval.findMany({ orderBy: { digest: 'asc' } })
      expect(planned.map(({ digest, repositoryPath, runId }) => [digest, repositoryPath, runId])).toEqual(
        [child, index, signature].map(({ digest }) => [digest, name, 1]).sort(),
      )
      expect(await present(child, index, signature, other)).toEqual([true, true, true, true])
      if (repetition === 1) expect(await collect()).toEqual(foreseen)
    }
    await collect({ isDryRun: true })
    expect(await prisma.plannedRemoval.count()).toBe(0)
  })

  test('foresees that an index of a held manifest keeps its children', async () => {
    const child = await pushImage('child')
    const inner = await pushIndex([child], undefined, 'inner')
    await pushIndex([inner], 'v1', 'outer')
    await pushReferrer(child, 'signature')
    await ageManifests(registry.ctx)
    expect(await collect({ isDryRun: true })).toEqual({})
  })
})

describe('between the look and the removal', () => {
  async function removeLooked(digest: string, days = 14) {
    const { db } = registry.ctx
    const { id } = await db.prisma.repository.findFirstOrThrow({ where: { path: name } })
    return db.sqlTransaction(async (tx) => {
      await lockRepositoryExclusively(tx, id)
      return removeUnreachedManifests(tx, id, [digest], { cutoff: daysAgo(days), days })
    })
  }

  test.each([
    ['a tag comes to point at it', (image: Pushed) => registry.pushManifest('v1', image.bytes)],
    ['an index comes to name it', (image: Pushed) => pushIndex([image])],
    ['it is pushed again', (image: Pushed) => registry.pushManifest(image.digest, image.bytes)],
    ['a client asks for it', ({ digest }: Pushed) => registry.send('HEAD', `/v2/${name}/manifests/${digest}`)],
    ['its namespace comes to keep it for ever', () => setDays(0)],
    ['its namespace comes to keep it for longer', () => setDays(15)],
  ])('it stays when %s', async (_, happens) => {
    const image = await pushImage('image')
    await ageManifests(registry.ctx)
    await happens(image)
    expect(await removeLooked(image.digest)).toEqual([])
    expect(await present(image)).toEqual([true])
  })

  test('a referrer stays when its subject comes', async () => {
    const subject = await registry.image('subject')
    const referrer = await pushReferrer(subject, 'signature')
    await ageManifests(registry.ctx)
    await registry.pushManifest('v1', subject.bytes)
    expect(await removeLooked(referrer.digest)).toEqual([])
    await registry.ctx.db.prisma.tag.deleteMany()
  })

  test('it goes when nothing of this happens', async () => {
    const image = await pushImage('image')
    await ageManifests(registry.ctx)
    expect(await removeLooked(image.digest)).toEqual([{ digest: image.digest, sizeBytes: image.bytes.length }])
  })
})

test('an aborted collection leaves no index without its children, and the next one goes on', async () => {
  const children = [await pushImage('one'), await pushImage('two')]
  const index = await pushIndex(children, 'v1')
  await deleteTag('v1')
  await ageManifests(registry.ctx)
  const { signal } = new AbortController()
  const counting = { id: 1, signal, isScheduled: false, count: () => Promise.reject(new Error('stop')) }
  await expect(collectGarbage(registry.ctx, { graceSeconds: 0, isDryRun: false }, counting)).rejects.toThrow('stop')
  expect(await present(index, ...children)).toEqual([false, true, true])
  expect(await collect()).toMatchObject({ removedManifests: 2 })
})

test('more than fits one page goes', { timeout: 60_000 }, async () => {
  const { db } = registry.ctx
  const { id } = await db.prisma.repository.findFirstOrThrow({ where: { path: name } })
  await fillRepository(db, id, 1000, { tagged: false })
  const { removedManifests, removedLinks } = await collect()
  expect([removedManifests, removedLinks]).toEqual([1000, 1000])
})

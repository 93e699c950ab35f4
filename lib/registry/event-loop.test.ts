import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { systemPrincipal } from '@/lib/domain/principal'
import type { Digest } from '@/lib/domain/digest'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { exportAuditEvents } from './audit/export-audit-events'
import { holdMaxMs, leastHold } from '@/lib/testing/event-loop'
import { digestOfNumber, fillRepository, markDeleted } from '@/lib/testing/fill-repository'
import { type TestApi, digestOfLetter, openTestApi } from '@/lib/testing/test-api'
import { TestRun } from '@/lib/testing/test-run'
import { collectGarbage } from './maintenance/collect-garbage'
import { scrubBlobs } from './maintenance/scrub-blobs'
import { deleteNamespace } from './namespaces/delete-namespace'
import { deleteRepository } from './repositories/delete-repository'
import { getImmutability } from './policy/get-immutability'
import { previewImmutability } from './policy/preview-immutability'
import { updateRepository } from './repositories/update-repository'
import { copyTag } from './tags/copy-tag'
import { deleteManifest } from './tags/delete-manifest'
import { listTagDetails } from './tags/list-tag-details'
import { listUntaggedManifests } from './tags/list-untagged-manifests'

/* Long work lets other requests run: nothing holds the event loop for long, however many rows there are. */

// The same code goes through the rows of both databases; only SQLite's statements hold the process, too.
const images = inject('provider') === 'postgresql' ? 3_000 : 12_000

let api: TestApi
let repositoryId: string

beforeEach(async () => {
  api = await openTestApi()
  ;({ repositoryId } = await api.makeRepository())
})
afterEach(() => api.close())

test('the deletion of a repository of thousands of tags', { timeout: 300_000 }, async () => {
  const { ctx } = api
  const hold = await leastHold(async () => {
    const { repositoryId } = await api.makeRepository('large', { tagImmutability: true })
    await fillRepository(ctx.db, repositoryId, images)
    return () => deleteRepository(ctx, systemPrincipal, repositoryId, { force: 'test/large', reason: 'large' }, null)
  })
  expect(hold).toBeLessThan(holdMaxMs)
  expect(await ctx.db.prisma.tag.count()).toBe(0)
})

test('the deletion of a namespace, which finishes that of its repository', { timeout: 300_000 }, async () => {
  const { ctx } = api
  const hold = await leastHold(async () => {
    const { namespaceId, repositoryId } = await api.makeRepository('large')
    await fillRepository(ctx.db, repositoryId, images)
    await markDeleted(ctx.db, repositoryId)
    return () => deleteNamespace(ctx, systemPrincipal, namespaceId, null)
  })
  expect(hold).toBeLessThan(holdMaxMs)
  expect(await ctx.db.prisma.tag.count()).toBe(0)
})

test.each([
  ['', 'off', 'latest'],
  [' that a pattern exempts', 'enforce', '*'],
] as const)(
  'the deletion of a manifest with thousands of tags%s',
  { timeout: 300_000 },
  async (_, immutabilityMode, exemptTags) => {
    const { ctx } = api
    const digest = digestOfNumber(1) as Digest
    const hold = await leastHold(async () => {
      const { repositoryId } = await api.makeRepository()
      await fillRepository(ctx.db, repositoryId, images)
      await ctx.db.prisma.tag.updateMany({ data: { digest } })
      await ctx.db.prisma.repository.updateMany({ data: { immutabilityMode, exemptTags } })
      return () => deleteManifest(ctx, systemPrincipal, repositoryId, digest)
    })
    expect(hold).toBeLessThan(holdMaxMs)
    expect(await ctx.db.prisma.tag.count()).toBe(0)
  },
)

test('a copy of an index of 1,000 images, and of an image of thousands of layers', { timeout: 300_000 }, async () => {
  const { db } = api.ctx
  const { instanceId, namespaceId } = await api.makeRepository()
  const targetOf = async (name: string) => {
    const body = { namespace: 'test', name }
    return (await api.call('POST', '/instances/{instanceId}/repositories', { instanceId }, { body })).json.id
  }
  const source = await db.prisma.repository.findFirstOrThrow({ where: { namespaceId } })
  await fillRepository(db, source.id, images)
  const large = { repositoryId: source.id, mediaType: 'application/x', platforms: '', pushedBy: 'admin' }
  const content = Buffer.alloc(4 * 1024 * 1024, ' ')
  await db.prisma.manifest.createMany({
    data: ['a', 'b'].map((letter) => ({
      ...{ ...large, digest: digestOfLetter(letter), content, sizeBytes: content.length },
      totalSizeBytes: content.length,
    })),
  })
  await db.sqlTransaction(async (tx) => {
    await tx.$executeRaw`
      INSERT INTO "ManifestReference" ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint", "count")
      SELECT "repositoryId", ${digestOfLetter('a')}, "digest", 'MANIFEST', 'child', 1 FROM "Manifest"
      WHERE "repositoryId" = ${source.id} AND "digest" BETWEEN ${digestOfNumber(1)} AND ${digestOfNumber(1000)}`
    await tx.$executeRaw`
      INSERT INTO "ManifestReference" ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint", "count")
      SELECT "repositoryId", ${digestOfLetter('b')}, "digest", 'LAYER', 'layer', 1 FROM "RepositoryBlob"
      WHERE "repositoryId" = ${source.id} ORDER BY "digest" LIMIT 10000`
  })
  for (const [letter, manifests] of [
    ['a', 1001],
    ['b', 1],
  ] as const) {
    let id = ''
    const hold = await leastHold(async () => {
      id = await targetOf(`copy-${crypto.randomUUID()}`)
      const from = { repositoryId: source.id, digest: digestOfLetter(letter) }
      return () => copyTag(api.ctx, systemPrincipal, id, { name: 'v1', source: from })
    })
    expect(hold).toBeLessThan(holdMaxMs)
    expect(await db.prisma.manifest.count({ where: { repositoryId: id } })).toBe(manifests)
    expect(await db.prisma.tag.count({ where: { repositoryId: id } })).toBe(1)
  }
})

test('a dry run of garbage collection', { timeout: 300_000 }, async () => {
  await fillRepository(api.ctx.db, repositoryId, images)
  const options = { graceSeconds: 0, isDryRun: true }
  expect(await leastHold(() => Promise.resolve(() => collectGarbage(api.ctx, options, new TestRun())))).toBeLessThan(
    holdMaxMs,
  )
})

test('a garbage collection that removes thousands of links and blobs', { timeout: 300_000 }, async () => {
  const { db } = api.ctx
  const hold = await leastHold(async () => {
    await db.prisma.manifest.deleteMany()
    await fillRepository(db, repositoryId, images, { tagged: false })
    await db.prisma.manifest.deleteMany()
    return () => collectGarbage(api.ctx, { graceSeconds: 0, isDryRun: false }, new TestRun())
  })
  expect(hold).toBeLessThan(holdMaxMs)
  expect(await db.prisma.repositoryBlob.count()).toBe(0)
})

test('a dry run and a collection of untagged manifests, and the list of them', { timeout: 300_000 }, async () => {
  const { ctx } = api
  await fillRepository(ctx.db, repositoryId, images, { tagged: false })
  for (const work of [
    () => listUntaggedManifests(ctx, systemPrincipal, repositoryId, { pageSize: 20 }),
    () => collectGarbage(ctx, { graceSeconds: 0, isDryRun: true }, new TestRun()),
  ]) {
    expect(await leastHold(() => Promise.resolve(work))).toBeLessThan(holdMaxMs)
  }
  expect(await ctx.db.prisma.plannedRemoval.count()).toBe(images)
  const hold = await leastHold(async () => {
    const { repositoryId } = await api.makeRepository()
    await fillRepository(ctx.db, repositoryId, images, { tagged: false })
    return () => collectGarbage(ctx, { graceSeconds: 0, isDryRun: false }, new TestRun())
  })
  expect(hold).toBeLessThan(holdMaxMs)
  expect(await ctx.db.prisma.manifest.count()).toBe(0)
})

test(
  'a preview of a policy, its count and its list of protected tags, with patterns and tags made for it',
  { timeout: 300_000 },
  async () => {
    const { ctx } = api
    await fillRepository(ctx.db, repositoryId, images)
    await ctx.db.prisma.$executeRaw`UPDATE "Tag" SET "name" = "name" || ${'0'.repeat(120)}`
    const exemptTags = Array.from({ length: 20 }, (_, n) => `*0?${'0'.repeat(40 + n)}${n % 2 ? '?' : 'x'}0x*`)
    const immutability = { mode: 'enforce', exemptTags } as const
    await updateRepository(ctx, systemPrincipal, repositoryId, { immutability }, null)
    for (const work of [
      () => getImmutability(ctx, systemPrincipal, repositoryId),
      () => previewImmutability(ctx, systemPrincipal, repositoryId, { mode: 'audit', exemptTags: ['latest'] }),
      () => listTagDetails(ctx, systemPrincipal, { repositoryId, protection: 'protected', sort: 'name', pageSize: 20 }),
    ]) {
      expect(await leastHold(() => Promise.resolve(work))).toBeLessThan(holdMaxMs)
    }
  },
)

test('a scrub', { timeout: 300_000 }, async () => {
  await fillRepository(api.ctx.db, repositoryId, images)
  await api.ctx.db.prisma.repositoryBlob.deleteMany()
  await api.ctx.db.prisma.blob.deleteMany()
  const hold = await leastHold(() => Promise.resolve(() => scrubBlobs(api.ctx, { mibPerSecond: null }, new TestRun())))
  expect(hold).toBeLessThan(holdMaxMs)
})

test('an export of audit events that is read at once', { timeout: 300_000 }, async () => {
  const { ctx } = api
  await ctx.db.sqlTransaction(async (tx) => {
    for (let n = 0; n < 8_000; n++) {
      const target = { type: 'REPOSITORY', id: `crr-${n}`, name: `test/${n}` } as const
      await insertAuditEvent(tx, systemPrincipal, { action: 'DELETE', target, before: { n }, after: null })
    }
  })
  for (const format of ['csv', 'jsonl'] as const) {
    const hold = await leastHold(() =>
      Promise.resolve(async () => {
        let length = 0
        for await (const chunk of exportAuditEvents(ctx, systemPrincipal, {}, format)) length += chunk.length
        expect(length).toBeGreaterThan(100_000)
      }),
    )
    expect(hold).toBeLessThan(holdMaxMs)
  }
})

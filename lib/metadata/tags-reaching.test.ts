import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase } from '@/lib/testing/test-database'
import type { Database } from './engine/database'
import { listTagsReaching } from './tags'

/*
 * Whoever may push decides how many referrers an image has, and whether they share a blob. A plan that reads all
 * references of the repository for each of them would take minutes here.
 */

const repositoryId = 'crr-1'
const count = 20_000

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
  const instance = { id: 'cri-1', name: 'one', regionId: 'cn-hangzhou', specification: 'Enterprise_Basic' } as const
  await db.prisma.instance.create({ data: { ...instance, isDefault: true } })
  const defaults = {
    autoCreateRepository: true,
    defaultRepositoryType: 'PRIVATE',
  } as const
  await db.prisma.namespace.create({ data: { id: 'crn-1', instanceId: 'cri-1', name: 'test', ...defaults } })
  const scope = { instanceId: 'cri-1', namespaceId: 'crn-1', name: 'example', path: 'test/example' }
  const settings = { type: 'PRIVATE', summary: '', description: '', updatedBy: 'admin' } as const
  await db.prisma.repository.create({ data: { id: repositoryId, ...scope, ...settings } })
  const now = new Date()
  const manifest = { mediaType: 'x', content: new Uint8Array(), sizeBytes: 0, totalSizeBytes: 0, platforms: '' }
  await db.prisma.manifest.create({ data: { repositoryId, digest: 'image', ...manifest, pushedBy: 'admin' } })
  const moved = { createdAt: now, updatedAt: now, updatedBy: 'admin' }
  await db.prisma.tag.create({ data: { repositoryId, name: 'v1', digest: 'image', ...moved } })
  await db.sqlTransaction(async (tx) => {
    await tx.$executeRaw`
      WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
      INSERT INTO "Manifest" ("repositoryId", "digest", "mediaType", "subjectDigest", "content", "sizeBytes",
        "totalSizeBytes", "platforms", "pushedBy", "createdAt")
      SELECT "repositoryId", 'signature-' || n, "mediaType", "digest", "content", "sizeBytes", "totalSizeBytes",
        "platforms", "pushedBy", "createdAt"
      FROM "Manifest" CROSS JOIN numbers WHERE "digest" = 'image'`
    await tx.$executeRaw`
      INSERT INTO "ManifestReference" ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint", "count")
      SELECT "repositoryId", "digest", 'shared', 'CONFIG', '', 1 FROM "Manifest" WHERE "subjectDigest" = 'image'`
    await tx.$executeRaw`
      INSERT INTO "ManifestReference" ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint", "count")
      SELECT "repositoryId", "digest", 'layer of ' || "digest", 'LAYER', '', 1 FROM "Manifest"
      WHERE "subjectDigest" = 'image'`
  })
})
afterAll(() => close())

test.each(['image', `signature-${count}`, `layer of signature-${count}`, 'shared'])(
  'what keeps %s is found soon, although the image has thousands of referrers that share a blob',
  async (digest) => {
    const startedAt = performance.now()
    expect(await listTagsReaching(db, repositoryId, digest, 10)).toEqual(['v1'])
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  },
)

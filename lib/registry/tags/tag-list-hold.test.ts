import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { systemPrincipal } from '@/lib/domain/principal'
import { holdMaxMs, leastHold } from '@/lib/testing/event-loop'
import { digestOfNumber, fillRepository } from '@/lib/testing/fill-repository'
import { findFaults, recordStatements } from '@/lib/testing/plans'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'
import { listTagDetails } from './list-tag-details'

/* A page of tags does not hold up other requests, whatever is attached to the images. */

// Only SQLite's statements hold the process.
const manifests = inject('provider') === 'postgresql' ? 3_000 : 40_000

let api: TestApi
let repositoryId: string

beforeAll(async () => {
  api = await openTestApi()
  ;({ repositoryId } = await api.makeRepository())
  await fillRepository(api.ctx.db, repositoryId, manifests, { tagged: false })
  for (let at = 1; at <= 100; at++) await tag(at)
})
afterAll(() => api.close())

const tag = (number: number) =>
  api.ctx.db.prisma.tag.create({
    data: {
      ...{ repositoryId, name: `t${number}`, digest: digestOfNumber(number), sizeBytes: 1n, versionKey: `t${number}` },
      ...{ createdAt: new Date(), updatedAt: new Date(), updatedBy: 'admin' },
    },
  })

const listOf = (ctx: TestApi['ctx']) =>
  listTagDetails(ctx, systemPrincipal, { repositoryId, sort: 'name', pageSize: 100, cursor: undefined })

const list = () => listOf(api.ctx)

test('of images with thousands of referrers each', { timeout: 120_000 }, async () => {
  const { db } = api.ctx
  await db.sqlTransaction(
    (tx) => tx.$executeRaw`
      UPDATE "Manifest" SET "artifactType" = 'application/spdx+json', "annotations" = ${`{"a":"${'x'.repeat(1000)}"}`},
        "subjectDigest" = (CASE WHEN "digest" < ${digestOfNumber(manifests / 2)} THEN ${digestOfNumber(1)}
          ELSE 'sha256:' || ${'0'.repeat(62)} || substr("digest", 70) END)`,
  )
  const hold = await leastHold(() => Promise.resolve(list))
  expect(hold).toBeLessThan(holdMaxMs)
  const { items } = await list()
  expect(items.find(({ name }) => name === 't1')).toMatchObject({ attachments: { sbom: 100 } })
})

test('of indexes with thousands of attestations each', { timeout: 120_000 }, async () => {
  const { db } = api.ctx
  await db.prisma.manifest.updateMany({ data: { platforms: 'unknown/unknown' } })
  for (let at = 1; at <= 100; at++) {
    await db.sqlTransaction(
      (tx) => tx.$executeRaw`
        INSERT INTO "ManifestReference" ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint", "count")
        SELECT "repositoryId", ${digestOfNumber(at)}, "digest", 'MANIFEST', 'child', 1 FROM "Manifest" LIMIT 1200`,
    )
  }
  const hold = await leastHold(() => Promise.resolve(list))
  expect(hold).toBeLessThan(holdMaxMs)
  const { items } = await list()
  expect(items[0]).toMatchObject({ attachments: { attestation: 1000 } })
  if (db.provider === 'sqlite') return
  // As after an import: that there are many children is known, that most manifests are attestations is not.
  await db.prisma.$executeRaw`ANALYZE "ManifestReference"`
  await db.prisma.$executeRaw`DELETE FROM pg_statistic WHERE starelid = '"Manifest"'::regclass`
  const statements = await recordStatements(db, (observed) => listOf({ ...api.ctx, db: observed }))
  for (const statement of statements) expect(await findFaults(db, statement, 20 * 1000)).toEqual([])
})

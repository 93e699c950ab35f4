import type { Database } from '@/lib/metadata/engine/database'
import { systemPrincipal } from '@/lib/domain/principal'
import { markRepositoryDeleted } from '@/lib/metadata/repository-deletions'
import { longAgo } from './test-run'

/** A digest of a number, as `fillRepository` makes them. */
export function digestOfNumber(number: number): string {
  return `sha256:${String(number).padStart(64, '0')}`
}

/**
 * Puts `count` images into a repository with a few statements: each has a manifest, a tag unless `tagged` is
 * false, and two blobs that it refers to. All of it is old.
 */
export async function fillRepository(
  db: Database,
  repositoryId: string,
  count: number,
  { tagged = true }: { readonly tagged?: boolean } = {},
): Promise<void> {
  const content = Buffer.from('{"schemaVersion":2}'.padEnd(500))
  const zeros = '0'.repeat(64)
  await db.sqlTransaction(async (tx) => {
    await tx.$executeRaw`
      WITH RECURSIVE n("i") AS (SELECT 1 UNION ALL SELECT "i" + 1 FROM n WHERE "i" < ${count}),
        d AS (SELECT "i", 'sha256:' || substr(${zeros} || CAST("i" AS TEXT), length(CAST("i" AS TEXT)) + 1) AS "digest" FROM n)
      INSERT INTO "Manifest" ("repositoryId", "digest", "mediaType", "content", "sizeBytes", "totalSizeBytes", "platforms",
        "pushedBy", "createdAt", "seenAt")
      SELECT ${repositoryId}, "digest", 'application/vnd.oci.image.manifest.v1+json', ${content}, 500, 1500, '', 'admin',
        ${longAgo}, ${longAgo} FROM d`
    await tx.$executeRaw`
      INSERT INTO "Blob" ("digest", "sizeBytes", "createdAt", "seenAt")
      SELECT 'sha256:f' || substr("digest", 9), 1000, ${longAgo}, ${longAgo} FROM "Manifest" WHERE "repositoryId" = ${repositoryId}
      ON CONFLICT DO NOTHING`
    await tx.$executeRaw`
      INSERT INTO "RepositoryBlob" ("repositoryId", "digest", "createdAt", "seenAt")
      SELECT ${repositoryId}, 'sha256:f' || substr("digest", 9), ${longAgo}, ${longAgo} FROM "Manifest" WHERE "repositoryId" = ${repositoryId}`
    await tx.$executeRaw`
      INSERT INTO "ManifestReference" ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint", "count")
      SELECT ${repositoryId}, "digest", 'sha256:f' || substr("digest", 9), 'LAYER', 'layer', 1 FROM "Manifest"
      WHERE "repositoryId" = ${repositoryId}`
    await tx.$executeRaw`
      INSERT INTO "ManifestReference" ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint", "count")
      SELECT ${repositoryId}, "digest", ${digestOfNumber(1).replace(':0', ':f')}, 'CONFIG', 'config', 1 FROM "Manifest"
      WHERE "repositoryId" = ${repositoryId}`
    if (!tagged) return
    await tx.$executeRaw`
      INSERT INTO "Tag" ("repositoryId", "name", "digest", "createdAt", "updatedAt", "updatedBy",
        "sizeBytes", "versionKey")
      SELECT ${repositoryId}, 't' || substr("digest", 60), "digest", ${longAgo}, ${longAgo}, 'admin', "totalSizeBytes",
        '0t' || substr("digest", 60) FROM "Manifest"
      WHERE "repositoryId" = ${repositoryId}`
  })
}

/** Acknowledges the deletion of a new repository, as a process does that ends right afterwards. */
export async function markDeleted(db: Database, id: string): Promise<void> {
  await db.transaction((tx) =>
    markRepositoryDeleted(tx, { id, version: 1 }, systemPrincipal, { reason: null, now: new Date() }),
  )
}

import type { SqlSource, SqlTransaction } from './engine/database'
import { lockManyLinks } from './blobs'
import { lockName } from './engine/locks'
import { Prisma } from './generated/sqlite/client'

/*
 * Content that one repository takes from another: rows and links, no bytes. The caller holds both repositories
 * (`lockRepository`), so that nothing of it is removed meanwhile.
 */

/** Two repositories, by id. */
export interface CopyRoute {
  readonly from: string
  readonly to: string
}

/** References of one page. */
const pageSize = 200

/** The manifests of a repository that an index of it names, after `after` in byte order, a page of them. */
export async function listChildManifests(
  source: SqlSource,
  repositoryId: string,
  digest: string,
  after: string,
): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ childDigest: string }[]>`
    SELECT DISTINCT r."childDigest" FROM "ManifestReference" r
    JOIN "Manifest" m ON m."repositoryId" = r."repositoryId" AND m."digest" = r."childDigest"
    WHERE r."repositoryId" = ${repositoryId} AND r."parentDigest" = ${digest} AND r."childDigest" > ${after}
      AND r."kind" = 'MANIFEST'
    ORDER BY r."childDigest" LIMIT ${pageSize}`
  return rows.map(({ childDigest }) => childDigest)
}

/**
 * Makes copies into a repository run one after the other until the transaction ends: two that insert the same rows in
 * different orders would deadlock.
 */
export async function lockCopies(tx: SqlTransaction, repositoryId: string): Promise<void> {
  await lockName(tx, `copies to ${repositoryId}`)
  await lockManyLinks(tx)
}

/**
 * Stores a manifest of another repository, without its references, unless it is there; then it changes nothing but when
 * it was last seen. Returns false when the other repository does not have it.
 */
export async function copyManifestRow(
  tx: SqlTransaction,
  { from, to }: CopyRoute,
  digest: string,
  { pushedBy, now }: { readonly pushedBy: string; readonly now: Date },
): Promise<boolean> {
  const copied = await tx.$executeRaw`
    INSERT INTO "Manifest" ("repositoryId", "digest", "mediaType", "artifactType", "subjectDigest", "annotations",
      "seenAt", "content", "sizeBytes", "totalSizeBytes", "platforms", "pushedBy", "createdAt")
    SELECT ${to}, "digest", "mediaType", "artifactType", "subjectDigest", "annotations", ${now}, "content", "sizeBytes",
      "totalSizeBytes", "platforms", ${pushedBy}, ${now}
    FROM "Manifest" WHERE "repositoryId" = ${from} AND "digest" = ${digest}
    ON CONFLICT ("repositoryId", "digest") DO UPDATE SET "seenAt" = excluded."seenAt"`
  return copied > 0
}

/** Something that a copied manifest names and the target lacks. */
export interface MissingReference {
  readonly digest: string
  /** Whether it is named as a child of an index. */
  readonly isChild: boolean
  /** Whether it is named as a config or a layer. */
  readonly isBlob: boolean
  /** Whether the source has a manifest of this digest. */
  readonly isInSource: boolean
}

/** Some of the references of a copied manifest. */
interface ReferencePage {
  readonly missing: readonly MissingReference[]
  /** Where the next page starts; null after the last one. */
  readonly end: string | null
}

/**
 * Copies the references of a manifest after `after` in byte order, a page of them, and links the target to the blobs
 * that they name, as far as the source links to them and they are not corrupt. While the source is locked, nobody can
 * remove its links, nor therefore the bytes.
 */
export async function copyReferences(
  tx: SqlTransaction,
  { from, to }: CopyRoute,
  digest: string,
  { after, now }: { readonly after: string; readonly now: Date },
): Promise<ReferencePage> {
  const ofManifest = Prisma.sql`r."repositoryId" = ${from} AND r."parentDigest" = ${digest}`
  const following = after === '' ? ofManifest : Prisma.sql`${ofManifest} AND r."childDigest" > ${after}`
  const [page] = await tx.$queryRaw<{ last: string | null; count: number }[]>`
    SELECT max("childDigest") AS "last", CAST(count(*) AS INTEGER) AS "count" FROM (
      SELECT r."childDigest" FROM "ManifestReference" r WHERE ${following}
      ORDER BY r."childDigest" LIMIT ${pageSize}) AS page`
  if (typeof page?.last !== 'string') return { missing: [], end: null }
  const isLast = page.count < pageSize
  // All rows of the last digest, also those that the limit has cut off. Without the limits where they limit nothing:
  // PostgreSQL would read the references to all these digests, whoever has them.
  const ofPage = isLast ? following : Prisma.sql`${following} AND r."childDigest" <= ${page.last}`
  await tx.$executeRaw`
    INSERT INTO "ManifestReference" ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint", "count")
    SELECT ${to}, r."parentDigest", r."childDigest", r."kind", r."fingerprint", r."count"
    FROM "ManifestReference" r WHERE ${ofPage} ON CONFLICT DO NOTHING`
  await tx.$executeRaw`
    INSERT INTO "RepositoryBlob" ("repositoryId", "digest", "createdAt", "seenAt")
    SELECT ${to}, named."digest", ${now}, ${now} FROM (
      SELECT DISTINCT l."digest" FROM "ManifestReference" r
      JOIN "RepositoryBlob" l ON l."repositoryId" = r."repositoryId" AND l."digest" = r."childDigest"
      JOIN "Blob" b ON b."digest" = l."digest"
      WHERE ${ofPage} AND b."corruptAt" IS NULL) AS named
    WHERE TRUE ON CONFLICT DO NOTHING`
  const missing = await tx.$queryRaw<{ digest: string; child: number; blob: number; inSource: number }[]>`
    SELECT r."childDigest" AS "digest", max(CASE WHEN r."kind" = 'MANIFEST' THEN 1 ELSE 0 END) AS "child",
      max(CASE WHEN r."kind" = 'MANIFEST' THEN 0 ELSE 1 END) AS "blob",
      max(CASE WHEN EXISTS (SELECT 1 FROM "Manifest" m
        WHERE m."repositoryId" = ${from} AND m."digest" = r."childDigest") THEN 1 ELSE 0 END) AS "inSource"
    FROM "ManifestReference" r
    WHERE ${ofPage} AND NOT EXISTS (
        SELECT 1 FROM "RepositoryBlob" l JOIN "Blob" b ON b."digest" = l."digest"
        WHERE l."repositoryId" = ${to} AND l."digest" = r."childDigest" AND b."corruptAt" IS NULL)
      AND NOT (r."kind" = 'MANIFEST' AND EXISTS (
        SELECT 1 FROM "Manifest" m WHERE m."repositoryId" = ${to} AND m."digest" = r."childDigest"))
    GROUP BY r."childDigest" ORDER BY r."childDigest"`
  return {
    missing: missing.map((one) => ({
      digest: one.digest,
      isChild: one.child === 1,
      isBlob: one.blob === 1,
      isInSource: one.inSource === 1,
    })),
    end: isLast ? null : page.last,
  }
}

import { hash } from 'node:crypto'
import type { ManifestReference, ReferenceKind } from '@/lib/domain/manifest'
import { isOneOf } from './engine/batches'
import { Prisma } from './generated/sqlite/client'
import type { SqlSource, SqlTransaction } from './engine/database'

/** A manifest as a pull gets it. */
export interface StoredManifest {
  readonly digest: string
  readonly mediaType: string
  /** The bytes as they were pushed. */
  readonly content: Uint8Array
  readonly sizeBytes: number
}

/** A manifest that was found by its digest. */
export interface FoundManifest extends StoredManifest {
  /** When it was last pushed or requested by HEAD, to the hour. */
  readonly seenAt: Date
}

/** The manifest of a digest, or null. */
export async function findManifest(
  source: SqlSource,
  repositoryId: string,
  digest: string,
): Promise<FoundManifest | null> {
  const [row] = await source.read.$queryRaw<FoundManifest[]>`
    SELECT "digest", "mediaType", "content", "sizeBytes", "seenAt" FROM "Manifest"
    WHERE "repositoryId" = ${repositoryId} AND "digest" = ${digest}`
  return row ?? null
}

/** The manifest a tag points at, or null; one query, so that tag and manifest are of one moment. */
export async function findManifestByTag(
  source: SqlSource,
  repositoryId: string,
  tag: string,
): Promise<StoredManifest | null> {
  const [row] = await source.read.$queryRaw<StoredManifest[]>`
    SELECT m."digest", m."mediaType", m."content", m."sizeBytes" FROM "Tag" t
    JOIN "Manifest" m ON m."repositoryId" = t."repositoryId" AND m."digest" = t."digest"
    WHERE t."repositoryId" = ${repositoryId} AND t."name" = ${tag}`
  return row ?? null
}

/** A manifest to store, with what was read from it. */
export interface NewManifest extends StoredManifest {
  readonly artifactType: string | null
  readonly subjectDigest: string | null
  readonly annotations: Readonly<Record<string, string>>
  readonly references: readonly ManifestReference[]
  readonly totalSizeBytes: bigint
  readonly platforms: readonly string[]
  readonly pushedBy: string
  readonly now: Date
}

/** To which precision it is stored when a manifest was last seen, in milliseconds. */
export const manifestSeenGrainMs = 3_600_000

/**
 * Stores a manifest unless the repository has it already; then it changes nothing but when it was last seen, and
 * repairs stored bytes that differ from the pushed ones.
 */
export async function insertManifest(tx: SqlTransaction, repositoryId: string, manifest: NewManifest): Promise<void> {
  const { digest, subjectDigest } = manifest
  const annotations = subjectDigest === null ? null : JSON.stringify(manifest.annotations)
  const seenBefore = new Date(manifest.now.getTime() - manifestSeenGrainMs)
  const platforms = manifest.platforms.join(',')
  const references = JSON.stringify(referenceRowsOf(manifest))
  // One text each, however many references: each database reads them from JSON.
  if (tx.provider === 'postgresql') {
    await tx.$send`
      WITH written AS (
        INSERT INTO "Manifest" ("repositoryId", "digest", "mediaType", "artifactType", "subjectDigest", "annotations",
          "seenAt", "content", "sizeBytes", "totalSizeBytes", "platforms", "pushedBy", "createdAt")
        VALUES (${repositoryId}, ${digest}, ${manifest.mediaType}, ${manifest.artifactType}, ${subjectDigest}, ${annotations},
          ${manifest.now}, ${manifest.content}, ${manifest.sizeBytes}, ${manifest.totalSizeBytes}, ${platforms},
          ${manifest.pushedBy}, ${manifest.now})
        ON CONFLICT ("repositoryId", "digest") DO UPDATE SET "content" = excluded."content", "seenAt" = excluded."seenAt"
        WHERE "Manifest"."content" <> excluded."content" OR "Manifest"."seenAt" < ${seenBefore}
        RETURNING "repositoryId", "digest")
      INSERT INTO "ManifestReference" ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint", "count")
      SELECT written."repositoryId", written."digest", r."childDigest", r."kind", r."fingerprint", r."count"
      FROM written, jsonb_to_recordset(${references}::jsonb)
        AS r("childDigest" TEXT, "kind" "ReferenceKind", "fingerprint" TEXT, "count" INTEGER)
      ON CONFLICT DO NOTHING`
    return
  }
  const inserted = await tx.$executeRaw`
    INSERT INTO "Manifest" ("repositoryId", "digest", "mediaType", "artifactType", "subjectDigest", "annotations",
      "seenAt", "content", "sizeBytes", "totalSizeBytes", "platforms", "pushedBy", "createdAt")
    VALUES (${repositoryId}, ${digest}, ${manifest.mediaType}, ${manifest.artifactType}, ${subjectDigest}, ${annotations},
      ${manifest.now}, ${manifest.content}, ${manifest.sizeBytes}, ${manifest.totalSizeBytes}, ${platforms},
      ${manifest.pushedBy}, ${manifest.now})
    ON CONFLICT ("repositoryId", "digest") DO UPDATE SET "content" = excluded."content", "seenAt" = excluded."seenAt"
    WHERE "Manifest"."content" <> excluded."content" OR "Manifest"."seenAt" < ${seenBefore}`
  if (inserted === 0) return
  await tx.$executeRaw`
    INSERT INTO "ManifestReference" ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint", "count")
    SELECT ${repositoryId}, ${digest}, "value" ->> 'childDigest', "value" ->> 'kind',
      "value" ->> 'fingerprint', "value" ->> 'count'
    FROM json_each(${references}) WHERE TRUE ON CONFLICT DO NOTHING`
}

interface ReferenceRow {
  readonly childDigest: string
  readonly kind: ReferenceKind
  readonly fingerprint: string
  readonly count: number
}

function referenceRowsOf({ references }: NewManifest): ReferenceRow[] {
  return references.flatMap(({ digest: childDigest, kind, descriptors }) =>
    [...descriptors].map(([text, count]) => ({ childDigest, kind, fingerprint: fingerprintOf(text), count })),
  )
}

/** SHA-256: two descriptors with one fingerprint are the same. Binary in base64url is the shortest text. */
function fingerprintOf(descriptor: string): string {
  return hash('sha256', descriptor, 'base64url')
}

/** Records that a manifest was asked for; returns false when the repository no longer has it. */
export async function markManifestSeen(
  tx: SqlTransaction,
  { repositoryId, digest }: { readonly repositoryId: string; readonly digest: string },
  now: Date,
): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE "Manifest" SET "seenAt" = ${now} WHERE "repositoryId" = ${repositoryId} AND "digest" = ${digest}`
  return count > 0
}

/** Rows of a page of what a manifest reaches. */
const reachedPageSize = 200

/** The digests that a manifest names, after `after` in byte order, a page of them. */
export async function listChildren(
  source: SqlSource,
  repositoryId: string,
  digest: string,
  after: string,
): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ childDigest: string }[]>`
    SELECT DISTINCT "childDigest" FROM "ManifestReference"
    WHERE "repositoryId" = ${repositoryId} AND "parentDigest" = ${digest} AND "childDigest" > ${after}
    ORDER BY "childDigest" LIMIT ${reachedPageSize}`
  return rows.map((row) => row.childDigest)
}

/** The manifests whose subject is a digest, after `after` in byte order, a page of them. */
export async function listReferrerDigests(
  source: SqlSource,
  repositoryId: string,
  digest: string,
  after: string,
): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ digest: string }[]>`
    SELECT "digest" FROM "Manifest"
    WHERE "repositoryId" = ${repositoryId} AND "subjectDigest" = ${digest} AND "digest" > ${after}
    ORDER BY "digest" LIMIT ${reachedPageSize}`
  return rows.map((row) => row.digest)
}

/** Records that manifests were reached until now: garbage collection counts their time from here. */
export async function markManifestsSeen(
  tx: SqlTransaction,
  repositoryId: string,
  digests: readonly string[],
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE "Manifest" SET "seenAt" = ${now} WHERE "repositoryId" = ${repositoryId}
      AND ${isOneOf(tx, Prisma.sql`"digest"`, digests)}`
}

/** Deletes a manifest with its references; returns whether there was one. No tag may point at it any more. */
export async function deleteManifest(tx: SqlTransaction, repositoryId: string, digest: string): Promise<boolean> {
  const count = await tx.$executeRaw`
    DELETE FROM "Manifest" WHERE "repositoryId" = ${repositoryId} AND "digest" = ${digest}`
  return count > 0
}

/** A manifest without its bytes. */
export interface ManifestSummary {
  readonly digest: string
  readonly sizeBytes: number
  readonly totalSizeBytes: bigint
}

/** Those of `digests` that are manifests of the repository. */
export async function listManifestSummaries(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
): Promise<ManifestSummary[]> {
  return source.read.$queryRaw<ManifestSummary[]>`
    SELECT "digest", "sizeBytes", "totalSizeBytes" FROM "Manifest"
    WHERE "repositoryId" = ${repositoryId} AND ${isOneOf(source, Prisma.sql`"digest"`, digests)}`
}

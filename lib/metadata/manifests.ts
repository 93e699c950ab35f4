import { hash } from 'node:crypto'
import type { ManifestReference, ReferenceKind } from '@/lib/domain/manifest'
import { asJsonKeys } from './engine/batches'
import type { SqlSource, SqlTransaction } from './engine/database'

/** A manifest as a pull gets it. */
export interface StoredManifest {
  readonly digest: string
  readonly mediaType: string
  /** The bytes as they were pushed. */
  readonly content: Uint8Array
  readonly sizeBytes: number
}

/** The manifest of a digest, or null. */
export async function findManifest(
  source: SqlSource,
  repositoryId: string,
  digest: string,
): Promise<StoredManifest | null> {
  const [row] = await source.read.$queryRaw<StoredManifest[]>`
    SELECT "digest", "mediaType", "content", "sizeBytes" FROM "Manifest"
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

/**
 * Stores a manifest unless the repository has it already; then it changes nothing, but repairs stored
 * bytes that differ from the pushed ones.
 */
export async function insertManifest(tx: SqlTransaction, repositoryId: string, manifest: NewManifest): Promise<void> {
  const { digest, references, subjectDigest } = manifest
  const annotations = subjectDigest === null ? null : JSON.stringify(manifest.annotations)
  const inserted = await tx.$executeRaw`
    INSERT INTO "Manifest" ("repositoryId", "digest", "mediaType", "artifactType", "subjectDigest", "annotations",
      "content", "sizeBytes", "totalSizeBytes", "platforms", "pushedBy", "createdAt")
    VALUES (${repositoryId}, ${digest}, ${manifest.mediaType}, ${manifest.artifactType}, ${subjectDigest}, ${annotations},
      ${manifest.content}, ${manifest.sizeBytes}, ${manifest.totalSizeBytes}, ${manifest.platforms.join(',')},
      ${manifest.pushedBy}, ${manifest.now})
    ON CONFLICT ("repositoryId", "digest") DO UPDATE SET "content" = excluded."content"
    WHERE "Manifest"."content" <> excluded."content"`
  if (inserted === 0) return
  const rows = references.flatMap(({ digest: childDigest, kind, descriptors }) =>
    [...descriptors].map(([text, count]) => ({ childDigest, kind, fingerprint: fingerprintOf(text), count })),
  )
  if (rows.length > 0) await insertReferences(tx, repositoryId, digest, rows)
}

interface ReferenceRow {
  readonly childDigest: string
  readonly kind: ReferenceKind
  readonly fingerprint: string
  readonly count: number
}

/** One statement, with one text, however many rows. Each database reads them from JSON. */
async function insertReferences(
  tx: SqlTransaction,
  repositoryId: string,
  parentDigest: string,
  rows: readonly ReferenceRow[],
): Promise<void> {
  const json = JSON.stringify(rows)
  if (tx.provider === 'sqlite') {
    await tx.$executeRaw`
      INSERT INTO "ManifestReference" ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint", "count")
      SELECT ${repositoryId}, ${parentDigest}, "value" ->> 'childDigest', "value" ->> 'kind',
        "value" ->> 'fingerprint', "value" ->> 'count'
      FROM json_each(${json}) WHERE TRUE ON CONFLICT DO NOTHING`
  } else {
    await tx.$executeRaw`
      INSERT INTO "ManifestReference" ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint", "count")
      SELECT ${repositoryId}, ${parentDigest}, "childDigest", "kind", "fingerprint", "count"
      FROM jsonb_to_recordset(${json}::jsonb)
        AS r("childDigest" TEXT, "kind" "ReferenceKind", "fingerprint" TEXT, "count" INTEGER)
      ON CONFLICT DO NOTHING`
  }
}

/** SHA-256: two descriptors with one fingerprint are the same. Binary in base64url is the shortest text. */
function fingerprintOf(descriptor: string): string {
  return hash('sha256', descriptor, 'base64url')
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
    WHERE "repositoryId" = ${repositoryId} AND "digest" IN (SELECT "key" FROM json_each(${asJsonKeys(digests)}))`
}

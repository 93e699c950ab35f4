import { kindOf, technicalTagOf } from '@/lib/domain/content-kind'
import type { SqlSource } from './engine/database'
import { asJsonKeys } from './engine/batches'
import { shownArtifactType } from './tag-listing'

/** How many manifests are attached to one, by kind. */
export interface AttachmentCounts {
  readonly signature: number
  readonly sbom: number
  readonly provenance: number
  readonly attestation: number
  readonly other: number
}

const none: AttachmentCounts = { signature: 0, sbom: 0, provenance: 0, attestation: 0, other: 0 }

/** How many referrers of a manifest are looked at. */
const referrersMax = 100

/** Longest annotations of a referrer that are looked at, in bytes. */
const annotationsMaxBytes = 2048

/**
 * Counts what is attached to the manifests of a page of tags: referrers by their subject, what technical tags point at,
 * and the attestations that BuildKit puts into an index. Two statements for any number.
 */
export async function countAttachmentsOfTags(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
): Promise<(digest: string) => AttachmentCounts> {
  const counts = new Map<string, Record<keyof AttachmentCounts, number>>()
  const add = (digest: string, kind: string, more = 1) => {
    const of = counts.get(digest) ?? { ...none }
    const key = Object.hasOwn(none, kind) ? (kind as keyof AttachmentCounts) : 'other'
    of[key] += more
    counts.set(digest, of)
  }
  if (digests.length > 0) {
    for (const row of await listFirstReferrers(source, repositoryId, digests)) {
      const annotations = parseAnnotations(row.annotations)
      add(row.subjectDigest, kindOf(row.mediaType, row.artifactType, { annotations }))
    }
    for (const name of await listTechnicalTags(source, repositoryId, digests)) {
      const technical = technicalTagOf(name)
      if (technical?.digest && technical.kind !== 'index') add(technical.digest, technical.kind)
    }
    for (const row of await countBuildAttestations(source, repositoryId, digests)) {
      add(row.digest, 'attestation', Number(row.count))
    }
  }
  return (digest) => counts.get(digest) ?? none
}

interface FirstReferrer {
  readonly subjectDigest: string
  readonly mediaType: string
  readonly artifactType: string | null
  readonly annotations: string | null
}

async function listFirstReferrers(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
): Promise<FirstReferrer[]> {
  // The subjects and digests are in one index: no more manifests are read than are shown.
  return source.read.$queryRaw<FirstReferrer[]>`
    SELECT m."subjectDigest", m."mediaType", ${shownArtifactType},
      CASE WHEN octet_length(m."annotations") <= ${annotationsMaxBytes} THEN m."annotations" END AS "annotations"
    FROM (
      SELECT "digest", ROW_NUMBER() OVER (PARTITION BY "subjectDigest" ORDER BY "digest") AS "position"
      FROM "Manifest" WHERE "repositoryId" = ${repositoryId}
        AND "subjectDigest" IN (SELECT "key" FROM json_each(${asJsonKeys(digests)}))) AS referrer
    JOIN "Manifest" m ON m."repositoryId" = ${repositoryId} AND m."digest" = referrer."digest"
    WHERE referrer."position" <= ${referrersMax}`
}

async function listTechnicalTags(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
): Promise<string[]> {
  const names = digests.flatMap((digest) => {
    const base = digest.replace(':', '-')
    return [`${base}.sig`, `${base}.att`, `${base}.sbom`]
  })
  const rows = await source.read.$queryRaw<{ name: string }[]>`
    SELECT "name" FROM "Tag" WHERE "repositoryId" = ${repositoryId}
      AND "name" IN (SELECT "key" FROM json_each(${asJsonKeys(names)}))`
  return rows.map(({ name }) => name)
}

/** BuildKit makes an attestation an image for the platform `unknown/unknown`, and puts it into the index. */
async function countBuildAttestations(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
): Promise<{ digest: string; count: bigint | number }[]> {
  return source.read.$queryRaw<{ digest: string; count: bigint | number }[]>`
    SELECT r."parentDigest" AS "digest", COUNT(DISTINCT r."childDigest") AS "count"
    FROM "ManifestReference" r
    JOIN "Manifest" m ON m."repositoryId" = r."repositoryId" AND m."digest" = r."childDigest"
    WHERE r."repositoryId" = ${repositoryId} AND r."kind" = 'MANIFEST'
      AND r."parentDigest" IN (SELECT "key" FROM json_each(${asJsonKeys(digests)}))
      AND m."platforms" = 'unknown/unknown'
    GROUP BY r."parentDigest"`
}

function parseAnnotations(text: string | null): Record<string, string> | undefined {
  return text === null ? undefined : (JSON.parse(text) as Record<string, string>)
}

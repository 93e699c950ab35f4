import { setImmediate } from 'node:timers/promises'
import { kindOf, technicalTagOf } from '@/lib/domain/content-kind'
import type { SqlSource } from './engine/database'
import { isOneOf } from './engine/batches'
import { Prisma } from './generated/sqlite/client'
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

/** How many referrers of a manifest, and how many children of an index, are looked at. */
const referrersMax = 100
const childrenMax = 1000

/** Manifests of one statement: all its rows come to the event loop at once. */
const digestsOfStatement = 20

/** Longest annotations of a referrer that are looked at, in bytes. */
const annotationsMaxBytes = 2048

/**
 * Counts what is attached to the manifests of a page of tags: referrers by their subject, what technical tags point at,
 * and the attestations that BuildKit puts into an index. Of very many, the first are counted. Other requests run between
 * the statements.
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
  const distinct = [...new Set(digests)]
  for (let start = 0; start < distinct.length; start += digestsOfStatement) {
    const some = distinct.slice(start, start + digestsOfStatement)
    for (const row of await listFirstReferrers(source, repositoryId, some)) {
      const annotations = parseAnnotations(row.annotations)
      add(row.subjectDigest, kindOf(row.mediaType, row.artifactType, { annotations }))
    }
    await setImmediate()
    for (const name of await listTechnicalTags(source, repositoryId, some)) {
      const technical = technicalTagOf(name)
      if (technical?.digest && technical.kind !== 'index') add(technical.digest, technical.kind)
    }
    for (const row of await countBuildAttestations(source, repositoryId, some)) {
      add(row.digest, 'attestation', Number(row.count))
    }
    await setImmediate()
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
  // A limit for each subject: numbering all referrers of one would read them all.
  const parts = digests.map(
    (digest) => Prisma.sql`SELECT * FROM (
      SELECT m."subjectDigest", m."mediaType", ${shownArtifactType},
        CASE WHEN octet_length(m."annotations") <= ${annotationsMaxBytes} THEN m."annotations" END AS "annotations"
      FROM "Manifest" m WHERE m."repositoryId" = ${repositoryId} AND m."subjectDigest" = ${digest}
      ORDER BY m."digest" LIMIT ${referrersMax}) AS part`,
  )
  return source.read.$queryRaw<FirstReferrer[]>`${Prisma.join(parts, ' UNION ALL ')}`
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
      AND ${isOneOf(source, Prisma.sql`"name"`, names)}`
  return rows.map(({ name }) => name)
}

/** BuildKit makes an attestation an image for the platform `unknown/unknown`, and puts it into the index. */
async function countBuildAttestations(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
): Promise<{ digest: string; count: bigint | number }[]> {
  const parts = digests.map(
    (digest) => Prisma.sql`SELECT * FROM (
      SELECT "parentDigest", "childDigest" FROM "ManifestReference"
      WHERE "repositoryId" = ${repositoryId} AND "parentDigest" = ${digest} AND "kind" = 'MANIFEST'
      ORDER BY "childDigest" LIMIT ${childrenMax}) AS part`,
  )
  // A subquery, not a join: as long as PostgreSQL has no statistics of a repository, it expects hardly any manifest for
  // this platform, and compares all manifests of the repository with all children.
  return source.read.$queryRaw<{ digest: string; count: bigint | number }[]>`
    SELECT r."parentDigest" AS "digest", COUNT(DISTINCT r."childDigest") AS "count"
    FROM (${Prisma.join(parts, ' UNION ALL ')}) AS r
    WHERE (SELECT m."platforms" FROM "Manifest" m
      WHERE m."repositoryId" = ${repositoryId} AND m."digest" = r."childDigest") = 'unknown/unknown'
    GROUP BY r."parentDigest"`
}

function parseAnnotations(text: string | null): Record<string, string> | undefined {
  return text === null ? undefined : (JSON.parse(text) as Record<string, string>)
}

import type { Source } from './engine/database'
import { Prisma } from './generated/sqlite/client'

/** A manifest that refers to another. */
export interface Referrer {
  readonly digest: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly artifactType: string | null
}

/** A manifest that names another as its subject. */
export interface SubjectReferrer extends Referrer {
  readonly annotations: Readonly<Record<string, string>>
}

/** A manifest that names no subject, but that an index under a tag lists. */
export interface ListedReferrer extends Referrer {
  /** The index. */
  readonly indexDigest: string
}

/** Which referrers a page holds. */
export interface ReferrerSlice {
  readonly artifactType: string | null
  /** The digest after which the page starts; empty for the first. */
  readonly after: string
  readonly limit: number
}

/** The manifests of the repository whose subject is `subjectDigest`, by digest. The subject need not exist. */
export async function listReferrers(
  db: Source,
  repositoryId: string,
  subjectDigest: string,
  { artifactType, after, limit }: ReferrerSlice,
): Promise<SubjectReferrer[]> {
  const rows = await db.prisma.manifest.findMany({
    where: { repositoryId, subjectDigest, digest: { gt: after }, ...(artifactType !== null && { artifactType }) },
    orderBy: { digest: 'asc' },
    take: limit,
    select: { digest: true, mediaType: true, sizeBytes: true, artifactType: true, annotations: true },
  })
  return rows.map(({ annotations, ...row }) => ({
    ...row,
    annotations: JSON.parse(annotations ?? '{}') as Record<string, string>,
  }))
}

/** The manifests of the repository that the index under `tag` lists and that name no subject themselves, by digest. */
export async function listReferrersUnderTag(
  db: Source,
  repositoryId: string,
  tag: string,
  { artifactType, after, limit }: ReferrerSlice,
): Promise<ListedReferrer[]> {
  const ofType = artifactType === null ? Prisma.empty : Prisma.sql`AND m."artifactType" = ${artifactType}`
  return db.read.$queryRaw<ListedReferrer[]>`
    SELECT m."digest", m."mediaType", m."sizeBytes", m."artifactType", t."digest" AS "indexDigest"
    FROM "Tag" t
    JOIN "ManifestReference" r
      ON r."repositoryId" = t."repositoryId" AND r."parentDigest" = t."digest" AND r."kind" = 'MANIFEST'
    JOIN "Manifest" m ON m."repositoryId" = r."repositoryId" AND m."digest" = r."childDigest"
    WHERE t."repositoryId" = ${repositoryId} AND t."name" = ${tag} AND r."childDigest" > ${after}
      AND m."subjectDigest" IS NULL ${ofType}
      -- A child that the index lists with several descriptors has a row for each.
      AND NOT EXISTS (
        SELECT 1 FROM "ManifestReference" earlier
        WHERE earlier."repositoryId" = r."repositoryId" AND earlier."parentDigest" = r."parentDigest"
          AND earlier."childDigest" = r."childDigest" AND earlier."kind" = r."kind"
          AND earlier."fingerprint" < r."fingerprint")
    ORDER BY r."childDigest" LIMIT ${limit}`
}

import type { Db } from './database'

/** A manifest that names another as its subject. */
export interface Referrer {
  readonly digest: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly artifactType: string | null
  readonly annotations: Readonly<Record<string, string>>
}

/** Which referrers a page holds. */
export interface ReferrerSlice {
  readonly artifactType: string | null
  /** The digest after which the page begins; empty for the first. */
  readonly after: string
  readonly limit: number
}

/** The manifests of the repository whose subject is `subjectDigest`, by digest. The subject need not exist. */
export async function listReferrers(
  db: Db,
  repositoryId: string,
  subjectDigest: string,
  { artifactType, after, limit }: ReferrerSlice,
): Promise<Referrer[]> {
  const rows = await db.manifest.findMany({
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

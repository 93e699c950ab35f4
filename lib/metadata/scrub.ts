import type { SqlSource, SqlTransaction } from './engine/database'

/** What a scrub reads and marks. */

/** A blob to be read again. */
export interface ScrubbedBlob {
  readonly digest: string
  readonly isLinked: boolean
  readonly isCorrupt: boolean
}

/** Rows of one page. */
const pageSize = 500

/** The blobs after `after`, a page of them. */
export async function listBlobsToScrub(source: SqlSource, after: string | null): Promise<ScrubbedBlob[]> {
  const rows = await source.read.$queryRaw<{ digest: string; corruptAt: Date | null; linked: number }[]>`
    SELECT b."digest", b."corruptAt", CASE WHEN EXISTS (
      SELECT 1 FROM "RepositoryBlob" l WHERE l."digest" = b."digest") THEN 1 ELSE 0 END AS "linked"
    FROM "Blob" b WHERE b."digest" > ${after ?? ''} ORDER BY b."digest" LIMIT ${pageSize}`
  return rows.map(({ digest, corruptAt, linked }) => ({
    digest,
    isLinked: linked === 1,
    isCorrupt: corruptAt !== null,
  }))
}

/** Records since when a locked blob's bytes are known to be wrong; null: they are right. */
export async function setCorruptAt(tx: SqlTransaction, digest: string, corruptAt: Date | null): Promise<void> {
  await tx.$executeRaw`UPDATE "Blob" SET "corruptAt" = ${corruptAt} WHERE "digest" = ${digest}`
}

/** Paths of repositories that link to a blob, by name, at most `limit`. */
export async function listRepositoryPathsOf(source: SqlSource, digest: string, limit: number): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ path: string }[]>`
    SELECT r."path" FROM "RepositoryBlob" l JOIN "Repository" r ON r."id" = l."repositoryId"
    WHERE l."digest" = ${digest} ORDER BY r."path" LIMIT ${limit}`
  return rows.map(({ path }) => path)
}

/** A manifest to be read again. */
export interface ManifestKey {
  readonly repositoryId: string
  readonly digest: string
}

/** The manifests after `after`, a page of them. */
export async function listManifestKeys(
  source: SqlSource,
  after: ManifestKey | null,
): Promise<(ManifestKey & { path: string })[]> {
  return source.read.$queryRaw<(ManifestKey & { path: string })[]>`
    SELECT m."repositoryId", m."digest", r."path"
    FROM "Manifest" m JOIN "Repository" r ON r."id" = m."repositoryId"
    WHERE (m."repositoryId", m."digest") > (${after?.repositoryId ?? ''}, ${after?.digest ?? ''})
    ORDER BY m."repositoryId", m."digest" LIMIT ${pageSize}`
}

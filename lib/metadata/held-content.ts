import type { SqlSource } from './engine/database'

/** A blob and one of the repositories that have it. */
export interface HeldBlob {
  readonly digest: string
  readonly repositoryId: string
  readonly instanceId: string
  /** Whether the repository is being deleted. */
  readonly isDeleted: boolean | number
  readonly sizeBytes: bigint
}

/** A manifest and its repository. */
export interface HeldManifest {
  readonly repositoryId: string
  readonly instanceId: string
  /** Whether the repository is being deleted. */
  readonly isDeleted: boolean | number
  readonly digest: string
  readonly sizeBytes: bigint | number
}

/** Where a page starts: after this row. */
interface After {
  readonly digest: string
  readonly repositoryId: string
}

/** Rows of a page: a few milliseconds. */
export const spacePageSize = 2000

/** Blobs with the repositories that have them, by digest, a page of them. */
export async function listHeldBlobs(source: SqlSource, { digest, repositoryId }: After): Promise<HeldBlob[]> {
  return source.read.$queryRaw<HeldBlob[]>`
    SELECT l."digest", l."repositoryId", r."instanceId", r."isDeleted", b."sizeBytes"
    FROM (SELECT "digest", "repositoryId" FROM "RepositoryBlob"
      WHERE ("digest", "repositoryId") > (${digest}, ${repositoryId})
      ORDER BY "digest", "repositoryId" LIMIT ${spacePageSize}) AS l
    JOIN "Blob" b ON b."digest" = l."digest"
    JOIN "Repository" r ON r."id" = l."repositoryId"
    ORDER BY l."digest", l."repositoryId"`
}

/** Manifests of all repositories, by repository, a page of them. */
export async function listHeldManifests(source: SqlSource, { digest, repositoryId }: After): Promise<HeldManifest[]> {
  // The length of the bytes, not the column beside them: SQLite would read all the bytes on the way there.
  return source.read.$queryRaw<HeldManifest[]>`
    SELECT m."repositoryId", r."instanceId", r."isDeleted", m."digest", m."sizeBytes"
    FROM (SELECT "repositoryId", "digest", octet_length("content") AS "sizeBytes" FROM "Manifest"
      WHERE ("repositoryId", "digest") > (${repositoryId}, ${digest})
      ORDER BY "repositoryId", "digest" LIMIT ${spacePageSize}) AS m
    JOIN "Repository" r ON r."id" = m."repositoryId"
    ORDER BY m."repositoryId", m."digest"`
}

/** Repositories of an instance with their paths, those after the id `after`, a page of them. */
export async function listRepositoriesForSpace(
  source: SqlSource,
  instanceId: string,
  after: string,
): Promise<{ id: string; path: string }[]> {
  return source.read.$queryRaw<{ id: string; path: string }[]>`
    SELECT "id", "path" FROM "Repository"
    WHERE "instanceId" = ${instanceId} AND "id" > ${after} AND NOT "isDeleted" ORDER BY "id" LIMIT ${spacePageSize}`
}

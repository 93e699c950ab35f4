import { isOneOf } from './engine/batches'
import type { SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'

/** The config of each of the manifests that has one, by the manifest's digest. */
export async function findConfigDigests(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (digests.length === 0) return new Map()
  const rows = await source.read.$queryRaw<{ parentDigest: string; childDigest: string }[]>`
    SELECT "parentDigest", "childDigest" FROM "ManifestReference"
    WHERE "repositoryId" = ${repositoryId} AND "kind" = 'CONFIG'
      AND ${isOneOf(source, Prisma.sql`"parentDigest"`, digests)}`
  return new Map(rows.map(({ parentDigest, childDigest }) => [parentDigest, childDigest]))
}

import type { SqlSource } from './engine/database'
import type { HeldBlob } from './held-content'
import { listTagsReaching } from './tags'

/** A blob in a repository. */
type Link = Pick<HeldBlob, 'repositoryId' | 'digest'>

/** Those of the links that no tag of their repository reaches: through manifests, indexes and subjects, at any depth. */
export async function findUnreachedLinks(source: SqlSource, links: readonly Link[]): Promise<Link[]> {
  const unreached: Link[] = []
  for (const link of await findLinksWithoutTag(source, links)) {
    const tags = await listTagsReaching(source, link.repositoryId, link.digest, 1)
    if (tags.length === 0) unreached.push(link)
  }
  return unreached
}

/** Those of the links that no manifest with a tag names itself, nor one of an index with a tag: few, mostly. */
async function findLinksWithoutTag(source: SqlSource, links: readonly Link[]): Promise<Link[]> {
  const json = JSON.stringify(links.map(({ repositoryId, digest }) => ({ repositoryId, digest })))
  return source.provider === 'sqlite'
    ? source.read.$queryRaw<Link[]>`
        SELECT "value" ->> 'repositoryId' AS "repositoryId", "value" ->> 'digest' AS "digest" FROM json_each(${json}) AS l
        WHERE NOT EXISTS (
          SELECT 1 FROM "ManifestReference" f
          CROSS JOIN "Tag" t ON t."repositoryId" = f."repositoryId" AND t."digest" = f."parentDigest"
          WHERE f."repositoryId" = l."value" ->> 'repositoryId' AND f."childDigest" = l."value" ->> 'digest')
        AND NOT EXISTS (
          SELECT 1 FROM "ManifestReference" f
          CROSS JOIN "ManifestReference" i ON i."repositoryId" = f."repositoryId" AND i."childDigest" = f."parentDigest"
          CROSS JOIN "Tag" t ON t."repositoryId" = i."repositoryId" AND t."digest" = i."parentDigest"
          WHERE f."repositoryId" = l."value" ->> 'repositoryId' AND f."childDigest" = l."value" ->> 'digest')`
    : source.read.$queryRaw<Link[]>`
        SELECT l."repositoryId", l."digest"
        FROM jsonb_to_recordset(${json}::jsonb) AS l("repositoryId" TEXT, "digest" TEXT)
        WHERE (
          SELECT 1 FROM "ManifestReference" f
          JOIN "Tag" t ON t."repositoryId" = f."repositoryId" AND t."digest" = f."parentDigest"
          WHERE f."repositoryId" = l."repositoryId" AND f."childDigest" = l."digest" LIMIT 1) IS NULL
        AND (
          SELECT 1 FROM "ManifestReference" f
          JOIN "ManifestReference" i ON i."repositoryId" = f."repositoryId" AND i."childDigest" = f."parentDigest"
          JOIN "Tag" t ON t."repositoryId" = i."repositoryId" AND t."digest" = i."parentDigest"
          WHERE f."repositoryId" = l."repositoryId" AND f."childDigest" = l."digest" LIMIT 1) IS NULL`
}

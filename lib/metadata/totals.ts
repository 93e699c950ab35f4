import { type Viewer, visibleNamespace, visibleRepository } from './access'
import { isOneOf } from './engine/batches'
import type { SqlSource } from './engine/database'
import { type Sql, allOf } from './engine/listing'
import { Prisma } from './generated/sqlite/client'

/*
 * What repositories and instances hold. Triggers keep the totals in the transaction that changes what they count, so that
 * nothing is counted to read them (docs/decisions/0030-totals.md).
 */

/** What a repository holds. */
export interface RepositoryTotals {
  readonly tagCount: number
  /** Distinct blobs and manifests. */
  readonly sizeBytes: number
  /** When a tag was last created or moved, also one that was deleted since. */
  readonly lastPushedAt: Date | null
}

/** What an instance holds, as far as a viewer may see it. */
export interface InstanceTotals {
  readonly namespaceCount: number
  readonly repositoryCount: number
  readonly tagCount: number
  /** Distinct blobs of its repositories. */
  readonly storageBytes: number
}

/** What each of the repositories holds. */
export async function getRepositoryTotals(
  source: SqlSource,
  ids: readonly string[],
): Promise<(id: string) => RepositoryTotals> {
  const rows = await source.read.$queryRaw<
    { id: string; tags: bigint | number; bytes: bigint | number; at: string | Date | null }[]
  >`
    SELECT t."repositoryId" AS "id", sum(t."tags") AS "tags", sum(t."sizeBytes") AS "bytes", max(t."lastPushedAt") AS "at"
    FROM "RepositoryTotals" t WHERE ${isOneOf(source, Prisma.sql`t."repositoryId"`, ids)}
    GROUP BY t."repositoryId"`
  const totals = new Map(
    rows.map(({ id, tags, bytes, at }) => [
      id,
      { tagCount: Number(tags), sizeBytes: Number(bytes), lastPushedAt: at === null ? null : new Date(at) },
    ]),
  )
  return (id) => totals.get(id) ?? { tagCount: 0, sizeBytes: 0, lastPushedAt: null }
}

/**
 * What each of the instances holds, as far as a viewer may see it. For a viewer of everything in an instance nothing is
 * counted but its namespaces and repositories; for others, what the blobs of the repositories that they see take.
 */
export async function getInstanceTotals(
  source: SqlSource,
  viewer: Viewer | null,
  ids: readonly string[],
): Promise<(id: string) => InstanceTotals> {
  const whole = await listWholeInstances(source, viewer, ids)
  const parts = ids.filter((id) => !whole.includes(id))
  const [namespaces, repositories, tags, bytes, seenTags, seenBytes] = await Promise.all([
    sumPerInstance(
      source,
      ids,
      (isIn) => Prisma.sql`SELECT n."instanceId" AS "id", count(*) AS "total" FROM "Namespace" n
        WHERE ${allOf([isIn(Prisma.sql`n."instanceId"`), visibleNamespace(viewer)])} GROUP BY n."instanceId"`,
    ),
    sumPerInstance(
      source,
      ids,
      (isIn) => Prisma.sql`SELECT r."instanceId" AS "id", count(*) AS "total" FROM "Repository" r
        WHERE ${allOf([isIn(Prisma.sql`r."instanceId"`), visibleRepository(viewer)])} GROUP BY r."instanceId"`,
    ),
    sumPerInstance(source, whole, (isIn) => sumOfTotals(Prisma.sql`t."tags"`, isIn)),
    sumPerInstance(source, whole, (isIn) => sumOfTotals(Prisma.sql`t."blobBytes"`, isIn)),
    sumPerInstance(
      source,
      parts,
      (isIn) => Prisma.sql`SELECT r."instanceId" AS "id", sum(t."tags") AS "total"
        FROM "Repository" r JOIN "RepositoryTotals" t ON t."repositoryId" = r."id"
        WHERE ${allOf([isIn(Prisma.sql`r."instanceId"`), visibleRepository(viewer)])} GROUP BY r."instanceId"`,
    ),
    sumPerInstance(
      source,
      parts,
      (isIn) => Prisma.sql`SELECT d."instanceId" AS "id", sum(d."sizeBytes") AS "total" FROM (
          SELECT DISTINCT r."instanceId", b."digest", b."sizeBytes" FROM "RepositoryBlob" l
          JOIN "Repository" r ON r."id" = l."repositoryId" JOIN "Blob" b ON b."digest" = l."digest"
          WHERE ${allOf([isIn(Prisma.sql`r."instanceId"`), visibleRepository(viewer)])}) d GROUP BY d."instanceId"`,
    ),
  ])
  return (id) => ({
    namespaceCount: namespaces.get(id) ?? 0,
    repositoryCount: repositories.get(id) ?? 0,
    tagCount: tags.get(id) ?? seenTags.get(id) ?? 0,
    storageBytes: bytes.get(id) ?? seenBytes.get(id) ?? 0,
  })
}

/** What the distinct blobs of an instance take, in bytes. */
export async function getStorageBytes(source: SqlSource, instanceId: string): Promise<number> {
  const bytes = await sumPerInstance(source, [instanceId], (isIn) => sumOfTotals(Prisma.sql`t."blobBytes"`, isIn))
  return bytes.get(instanceId) ?? 0
}

/** Those of the instances of which the viewer may see everything. */
async function listWholeInstances(
  source: SqlSource,
  viewer: Viewer | null,
  ids: readonly string[],
): Promise<readonly string[]> {
  if (viewer === null) return ids
  const rows = await source.read.$queryRaw<{ scopeId: string }[]>`
    SELECT g."scopeId" FROM "Grant" g WHERE g."subjectId" = ${viewer.subjectId}
      AND ${isOneOf(source, Prisma.sql`g."scopeId"`, ids)}`
  return rows.map(({ scopeId }) => scopeId)
}

function sumOfTotals(column: Sql, isIn: (instanceId: Sql) => Sql): Sql {
  return Prisma.sql`SELECT t."instanceId" AS "id", sum(${column}) AS "total" FROM "InstanceTotals" t
    WHERE ${isIn(Prisma.sql`t."instanceId"`)} GROUP BY t."instanceId"`
}

async function sumPerInstance(
  source: SqlSource,
  ids: readonly string[],
  query: (isIn: (instanceId: Sql) => Sql) => Sql,
): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await source.read.$queryRaw<{ id: string; total: bigint | number }[]>`${query(
    (instanceId) => Prisma.sql`${instanceId} IN (${Prisma.join([...ids])})`,
  )}`
  return new Map(rows.map(({ id, total }) => [id, Number(total)]))
}

import type { SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Count, type Slice, countMax, inOrder, toCount } from './engine/listing'

/** The names that are reserved at a path: those of its repository and those of former ones. */
export interface TombstoneFilter {
  /** The repository that has the path now. */
  readonly repositoryId: string
  readonly instanceId: string
  /** `<namespace>/<name>`. */
  readonly repositoryPath: string
}

/** A reserved name of a deleted tag. */
export interface TombstoneRow {
  readonly tag: string
  readonly digest: string
  readonly reason: string
  readonly repositoryId: string
  readonly createdAt: Date
  readonly createdBy: string
  /** How often a push was refused since, because the name is reserved. */
  readonly refusedCount: number
}

/** Reserved names, in byte order. */
export async function listTombstones(
  source: SqlSource,
  { repositoryId, instanceId, repositoryPath }: TombstoneFilter,
  slice: Slice,
): Promise<TombstoneRow[]> {
  const tag = Prisma.sql`t."tag"`
  const rows = await source.read.$queryRaw<(Omit<TombstoneRow, 'refusedCount'> & { refusedCount: bigint | number })[]>`
    SELECT t."tag", t."digest", t."reason", t."repositoryId", t."createdAt", t."createdBy", (
      SELECT COALESCE(SUM(e."count"), 0) FROM "TagEvent" e
      WHERE e."repositoryId" IN (t."repositoryId", ${repositoryId}) AND e."tag" = t."tag" AND e."kind" = 'REFUSED'
        AND e."reason" = 'TAG_RESERVED' AND e."lastAt" >= t."createdAt") AS "refusedCount"
    FROM "Tombstone" t
    WHERE t."instanceId" = ${instanceId} AND t."repositoryPath" = ${repositoryPath} ${inOrder(tag, tag, slice)}`
  return rows.map((row) => ({ ...row, refusedCount: Number(row.refusedCount) }))
}

/** How many names are reserved; not counted further than `countMax`. */
export async function countTombstones(
  source: SqlSource,
  { instanceId, repositoryPath }: Omit<TombstoneFilter, 'repositoryId'>,
): Promise<Count> {
  const [row] = await source.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM (
      SELECT 1 FROM "Tombstone" WHERE "instanceId" = ${instanceId} AND "repositoryPath" = ${repositoryPath}
      LIMIT ${countMax + 1}) AS counted`
  return toCount(Number(row?.count))
}

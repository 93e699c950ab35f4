import type { SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Slice, inOrder } from './engine/listing'

/** The names that are reserved at a path: those of its repository and those of former ones. */
export interface TombstoneFilter {
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
}

/** Reserved names, in byte order. */
export async function listTombstones(
  source: SqlSource,
  { instanceId, repositoryPath }: TombstoneFilter,
  slice: Slice,
): Promise<TombstoneRow[]> {
  const tag = Prisma.sql`"tag"`
  return source.read.$queryRaw<TombstoneRow[]>`
    SELECT "tag", "digest", "reason", "repositoryId", "createdAt", "createdBy" FROM "Tombstone"
    WHERE "instanceId" = ${instanceId} AND "repositoryPath" = ${repositoryPath} ${inOrder(tag, tag, slice)}`
}

/** How many names are reserved. */
export async function countTombstones(
  source: SqlSource,
  { instanceId, repositoryPath }: TombstoneFilter,
): Promise<number> {
  const [row] = await source.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "Tombstone"
    WHERE "instanceId" = ${instanceId} AND "repositoryPath" = ${repositoryPath}`
  return Number(row?.count)
}

import type { SqlSource, SqlTransaction } from './engine/database'
import { isOneOf } from './engine/batches'
import { Prisma } from './generated/sqlite/client'
import { type Slice, inOrder } from './engine/listing'

/* What the last dry run of garbage collection would have removed: by name, for administrators and for its own counts. */

/** A manifest that a dry run would have removed. */
export interface PlannedRemoval {
  readonly digest: string
  /** `<namespace>/<name>`. */
  readonly repositoryPath: string
  /** Of the manifest itself, in bytes. */
  readonly sizeBytes: number
  /** Of the manifest and all that it refers to, in bytes. */
  readonly totalSizeBytes: bigint
}

/** Adds manifests of a repository to the plan of a run. */
export async function insertPlannedRemovals(
  tx: SqlTransaction,
  { id, path }: { readonly id: string; readonly path: string },
  runId: number,
  digests: readonly string[],
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "PlannedRemoval" ("repositoryId", "digest", "runId", "repositoryPath", "sizeBytes", "totalSizeBytes")
    SELECT m."repositoryId", m."digest", ${runId}, ${path}, m."sizeBytes", m."totalSizeBytes"
    FROM "Manifest" m
    WHERE m."repositoryId" = ${id} AND ${isOneOf(tx, Prisma.sql`m."digest"`, digests)}
    ON CONFLICT ("repositoryId", "digest") DO NOTHING`
}

/** Removes up to `limit` entries of all plans; returns how many. */
export async function removePlannedRemovals(tx: SqlTransaction, limit: number): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM "PlannedRemoval" WHERE ("repositoryId", "digest") IN (
      SELECT "repositoryId", "digest" FROM "PlannedRemoval" LIMIT ${limit})`
}

/** The plan of a run, by path and digest; empty when a later dry run has replaced it. */
export async function listPlannedRemovals(source: SqlSource, runId: number, slice: Slice): Promise<PlannedRemoval[]> {
  return source.read.$queryRaw<PlannedRemoval[]>`
    SELECT p."digest", p."repositoryPath", p."sizeBytes", p."totalSizeBytes" FROM "PlannedRemoval" p
    WHERE p."runId" = ${runId} ${inOrder(Prisma.sql`p."repositoryPath"`, Prisma.sql`p."digest"`, slice)}`
}

/** How many manifests the plan of a run has. */
export async function countPlannedRemovals(source: SqlSource, runId: number): Promise<number> {
  const [row] = await source.read.$queryRaw<{ count: bigint | number }[]>`
    SELECT count(*) AS "count" FROM "PlannedRemoval" WHERE "runId" = ${runId}`
  return Number(row?.count)
}

import type { Database, SqlSource } from '@/lib/metadata/engine/database'
import { fillTotals } from '@/lib/metadata/engine/fill-totals'
import { Prisma } from '@/lib/metadata/generated/sqlite/client'

const undo = new Error('undo')

/** Reads all totals as they are kept, and as a count of all rows gives them. Undoes the count. */
export async function readTotals(db: Database): Promise<{ kept: unknown; counted: unknown }> {
  let totals = { kept: undefined as unknown, counted: undefined as unknown }
  await db
    .sqlTransaction(async (tx) => {
      const kept = await read(tx)
      for (const statement of fillTotals) await tx.$executeRaw(Prisma.raw(statement))
      totals = { kept, counted: await read(tx) }
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  return totals
}

async function read(source: SqlSource): Promise<unknown> {
  const repositories = await source.read.$queryRaw<Record<string, unknown>[]>`
    SELECT r."path", sum(t."tags") AS "tags", sum(t."technicalTags") AS "technicalTags", sum(t."helmCharts") AS "helmCharts",
      sum(t."technicalHelmCharts") AS "technicalHelmCharts", sum(t."artifacts") AS "artifacts",
      sum(t."technicalArtifacts") AS "technicalArtifacts", sum(t."manifests") AS "manifests",
      sum(t."sizeBytes") AS "sizeBytes", max(t."lastPushedAt") AS "lastPushedAt"
    FROM "RepositoryTotals" t JOIN "Repository" r ON r."id" = t."repositoryId" GROUP BY r."path" ORDER BY r."path"`
  const instances = await source.read.$queryRaw<Record<string, unknown>[]>`
    SELECT i."name", sum(t."tags") AS "tags", sum(t."blobBytes") AS "blobBytes" FROM "InstanceTotals" t
    JOIN "Instance" i ON i."id" = t."instanceId" GROUP BY i."name" ORDER BY i."name"`
  const blobs = await source.read.$queryRaw<Record<string, unknown>[]>`
    SELECT "instanceId", "digest", "links" FROM "InstanceBlob" ORDER BY "instanceId", "digest"`
  const plain = (rows: readonly Record<string, unknown>[]) =>
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainOf(value)])))
  return { repositories: plain(repositories), instances: plain(instances), blobs: plain(blobs) }
}

function plainOf(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
}

import { setImmediate } from 'node:timers/promises'
import type { Database, SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { lockRepositoryExclusively } from './repositories'

/*
 * Compares the totals that triggers keep with a count of what they count, in pages and without a lock, and repairs them.
 * This is the only code that writes them besides the triggers (docs/decisions/0030-totals.md).
 */

/** A total that was wrong and is right now. */
export interface RepairedTotal {
  /** Id of the repository or instance. */
  readonly id: string
  readonly total: string
  /** What was added to it. */
  readonly change: number
}

/** Rows that one statement counts: SQLite's reads block the process while they run. */
const pageSize = 1000

/** How often a repository or instance is counted before it is left for the next time, because it changes meanwhile. */
const attemptsMax = 4

const columns = [
  'tags',
  'technicalTags',
  'helmCharts',
  'technicalHelmCharts',
  'artifacts',
  'technicalArtifacts',
  'manifests',
  'sizeBytes',
] as const

type Sums = Partial<Record<string, number>>

/** A page of ids of repositories, after `after`. */
export async function listRepositoryIds(source: SqlSource, after: string): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Repository" WHERE "id" > ${after} AND NOT "isDeleted" ORDER BY "id" LIMIT ${pageSize}`
  return rows.map(({ id }) => id)
}

/** Checks the totals of a repository. One that changes all the time is left alone. */
export async function checkRepositoryTotals(db: Database, id: string): Promise<RepairedTotal[]> {
  const changes = await compare(
    () => readKept(db, id),
    () => countRepository(db, id),
  )
  if (changes === null) return []
  const isRepaired = await db.sqlTransaction(async (tx) => {
    // Nobody pushes meanwhile: the difference is still the same where the totals are.
    if ((await lockRepositoryExclusively(tx, id)) === null) return false
    if (!isEqual(await readKept(tx, id), changes.kept)) return false
    for (const column of columns) {
      const name = Prisma.raw(`"${column}"`)
      await tx.$executeRaw`UPDATE "RepositoryTotals" SET ${name} = ${name} + ${changes.change[column] ?? 0}
        WHERE "repositoryId" = ${id} AND "slot" = (
          SELECT min("slot") FROM "RepositoryTotals" WHERE "repositoryId" = ${id})`
    }
    return true
  })
  return isRepaired ? listChanges(id, changes.change) : []
}

/** Checks the totals of all instances. */
export async function checkInstanceTotals(db: Database): Promise<RepairedTotal[]> {
  const repaired = await checkInstanceBlobs(db)
  // One statement sees both of one moment: the difference is the same whatever is pushed meanwhile.
  const tags = await db.read.$queryRaw<{ id: string; change: bigint | number }[]>`
    SELECT i."id", coalesce((
        SELECT sum(t."tags") FROM "RepositoryTotals" t JOIN "Repository" r ON r."id" = t."repositoryId"
        WHERE r."instanceId" = i."id"), 0)
      - coalesce((SELECT sum(t."tags") FROM "InstanceTotals" t WHERE t."instanceId" = i."id"), 0) AS "change"
    FROM "Instance" i`
  for (const { id, change } of tags) repaired.push(...(await changeInstance(db, id, 'tags', Number(change))))
  for (const { id } of tags) {
    const changes = await compare(
      async () => {
        const [row] = await db.read.$queryRaw<Sums[]>`
          SELECT sum("blobBytes") AS "blobBytes" FROM "InstanceTotals" WHERE "instanceId" = ${id}`
        return row ?? null
      },
      () => countBlobBytes(db, id),
    )
    repaired.push(...(await changeInstance(db, id, 'blobBytes', changes?.change['blobBytes'] ?? 0)))
  }
  return repaired
}

async function changeInstance(
  db: Database,
  id: string,
  total: 'tags' | 'blobBytes',
  change: number,
): Promise<RepairedTotal[]> {
  if (change === 0) return []
  const name = Prisma.raw(`"${total}"`)
  await db.sqlTransaction(
    (tx) => tx.$executeRaw`UPDATE "InstanceTotals" SET ${name} = ${name} + ${change}
      WHERE "instanceId" = ${id} AND "slot" = 0`,
  )
  return [{ id, total, change }]
}

/** Checks in how many repositories of each instance each blob is. */
async function checkInstanceBlobs(db: Database): Promise<RepairedTotal[]> {
  const repaired: RepairedTotal[] = []
  for (let after = ''; ;) {
    const [end] = await db.read.$queryRaw<{ last: string | null }[]>`
      SELECT max("digest") AS "last" FROM (
        SELECT "digest" FROM "Blob" WHERE "digest" > ${after} ORDER BY "digest" LIMIT ${pageSize / 4}) AS page`
    if (typeof end?.last !== 'string') return repaired
    const wrong = await db.read.$queryRaw<{ id: string; digest: string; change: bigint | number }[]>`
      SELECT "id", "digest", sum("links") AS "change" FROM (
        SELECT r."instanceId" AS "id", l."digest", 1 AS "links" FROM "RepositoryBlob" l
        JOIN "Repository" r ON r."id" = l."repositoryId"
        WHERE l."digest" > ${after} AND l."digest" <= ${end.last}
        UNION ALL
        SELECT c."instanceId", c."digest", -c."links" FROM "InstanceBlob" c
        WHERE c."digest" > ${after} AND c."digest" <= ${end.last}) AS links
      GROUP BY "id", "digest" HAVING sum("links") <> 0`
    for (const { id, digest, change } of wrong) {
      await db.sqlTransaction(async (tx) => {
        await tx.$executeRaw`
          INSERT INTO "InstanceBlob" ("instanceId", "digest", "links") VALUES (${id}, ${digest}, ${Number(change)})
          ON CONFLICT ("instanceId", "digest") DO UPDATE SET "links" = "InstanceBlob"."links" + excluded."links"`
        await tx.$executeRaw`
          DELETE FROM "InstanceBlob" WHERE "instanceId" = ${id} AND "digest" = ${digest} AND "links" <= 0`
      })
      repaired.push({ id, total: `links to ${digest}`, change: Number(change) })
    }
    after = end.last
    await setImmediate()
  }
}

/**
 * What has to be added to totals; null where nothing has, and where they keep changing. A count takes several statements,
 * between which others write: it counts only when the totals were the same before and after, and a difference only when
 * the next count has it too.
 */
async function compare(
  read: () => Promise<Sums | null>,
  count: () => Promise<Sums>,
): Promise<{ readonly kept: Sums; readonly change: Sums } | null> {
  let previous: Sums | null = null
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const kept = await read()
    if (kept === null) return null
    const counted = await count()
    if (!isEqual(await read(), kept)) continue
    const change: Sums = {}
    for (const [name, value] of Object.entries(counted)) change[name] = Number(value) - Number(kept[name])
    if (Object.values(change).every((value) => value === 0)) return null
    if (isEqual(previous, change)) return { kept, change }
    previous = change
  }
  return null
}

function isEqual(one: Sums | null, other: Sums | null): boolean {
  const plain = (sums: Sums | null) =>
    JSON.stringify(Object.entries(sums ?? {}).map(([name, value]) => [name, Number(value)]))
  return plain(one) === plain(other)
}

function listChanges(id: string, change: Sums): RepairedTotal[] {
  return columns.map((total) => ({ id, total, change: change[total] ?? 0 })).filter((repaired) => repaired.change !== 0)
}

async function readKept(source: SqlSource, id: string): Promise<Sums | null> {
  const sums = Prisma.join(columns.map((column) => Prisma.raw(`sum("${column}") AS "${column}"`)))
  const [row] = await source.read.$queryRaw<Sums[]>`
    SELECT ${sums} FROM "RepositoryTotals" WHERE "repositoryId" = ${id} GROUP BY "repositoryId"`
  return row ?? null
}

async function countRepository(source: SqlSource, id: string): Promise<Sums> {
  const ofTags = await addPages((after) => {
    const when = (condition: string) => Prisma.raw(`sum(CASE WHEN ${condition} THEN 1 ELSE 0 END)`)
    return source.read.$queryRaw<Page[]>`
      SELECT max("name") AS "last", count(*) AS "tags", ${when('"isTechnical"')} AS "technicalTags",
        ${when(`"kind" = 'helmChart'`)} AS "helmCharts",
        ${when(`"kind" = 'helmChart' AND "isTechnical"`)} AS "technicalHelmCharts",
        ${when(`"kind" = 'artifact'`)} AS "artifacts",
        ${when(`"kind" = 'artifact' AND "isTechnical"`)} AS "technicalArtifacts"
      FROM (SELECT "name", "kind", "isTechnical" FROM "Tag" WHERE "repositoryId" = ${id} AND "name" > ${after}
        ORDER BY "name" LIMIT ${pageSize}) AS page`
  })
  const ofManifests = await addPages(
    (after) => source.read.$queryRaw<Page[]>`
      SELECT max("digest") AS "last", count(*) AS "manifests", sum("sizeBytes") AS "manifestBytes"
      FROM (SELECT "digest", "sizeBytes" FROM "Manifest" WHERE "repositoryId" = ${id} AND "digest" > ${after}
        ORDER BY "digest" LIMIT ${pageSize}) AS page`,
  )
  const ofLinks = await addPages(
    (after) => source.read.$queryRaw<Page[]>`
      SELECT max("digest") AS "last", sum("sizeBytes") AS "blobBytes" FROM (
        SELECT l."digest", b."sizeBytes" FROM "RepositoryBlob" l JOIN "Blob" b ON b."digest" = l."digest"
        WHERE l."repositoryId" = ${id} AND l."digest" > ${after} ORDER BY l."digest" LIMIT ${pageSize}) AS page`,
  )
  const sums: Sums = Object.fromEntries(columns.map((column) => [column, ofTags[column] ?? ofManifests[column] ?? 0]))
  return { ...sums, sizeBytes: (ofManifests['manifestBytes'] ?? 0) + (ofLinks['blobBytes'] ?? 0) }
}

async function countBlobBytes(source: SqlSource, instanceId: string): Promise<Sums> {
  const sums = await addPages(
    (after) => source.read.$queryRaw<Page[]>`
      SELECT max("digest") AS "last", sum("sizeBytes") AS "blobBytes" FROM (
        SELECT c."digest", b."sizeBytes" FROM "InstanceBlob" c JOIN "Blob" b ON b."digest" = c."digest"
        WHERE c."instanceId" = ${instanceId} AND c."digest" > ${after} ORDER BY c."digest" LIMIT ${pageSize}) AS page`,
  )
  return { blobBytes: sums['blobBytes'] ?? 0 }
}

type Page = { readonly last: string | null } & Record<string, unknown>

/** Adds up the sums of all pages; other requests run between two. */
async function addPages(read: (after: string) => Promise<Page[]>): Promise<Sums> {
  const sums: Sums = {}
  for (let after = ''; ;) {
    const [page] = await read(after)
    if (typeof page?.last !== 'string') return sums
    const { last, ...added } = page
    for (const [name, value] of Object.entries(added)) sums[name] = (sums[name] ?? 0) + Number(value)
    after = last
    await setImmediate()
  }
}

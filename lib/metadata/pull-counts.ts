import { dayOf } from '@/lib/domain/day'
import { technicalTagOf } from '@/lib/domain/content-kind'
import { batchesOf, isOneOf } from './engine/batches'
import type { Database, SqlSource, SqlTransaction } from './engine/database'
import type { Sql } from './engine/listing'
import { Prisma } from './generated/sqlite/client'
import type { PullCount } from './pull-buffer'

/*
 * How often tags and repositories were pulled. This file is the only writer of these counts. Its transactions wait for no
 * lock of a push or a deletion, and take what several of them write in one order: tags, repositories, days of
 * repositories, days of instances, each by id (docs/decisions/0051-counting-pulls.md).
 */

/** How often something was pulled. */
export interface Pulls {
  readonly pullCount: number
  /** To a few seconds; null: never, as far as it was counted. */
  readonly lastPulledAt: Date | null
}

const none: Pulls = { pullCount: 0, lastPulledAt: null }

/** How often each of these tags of a repository was pulled. */
export async function getPullsOfTags(
  source: SqlSource,
  repositoryId: string,
  tags: readonly string[],
): Promise<(tag: string) => Pulls> {
  const rows = await source.read.$queryRaw<{ tag: string; pulls: bigint; lastPulledAt: Date }[]>`
    SELECT p."tag", p."pulls", p."lastPulledAt" FROM "TagPulls" p
    WHERE p."repositoryId" = ${repositoryId} AND ${isOneOf(source, Prisma.sql`p."tag"`, tags)}`
  const pulls = new Map(rows.map(({ tag, ...row }) => [tag, toPulls(row)]))
  return (tag) => pulls.get(tag) ?? none
}

/** How often each of these repositories was pulled from. */
export async function getPullsOfRepositories(
  source: SqlSource,
  ids: readonly string[],
): Promise<(id: string) => Pulls> {
  const rows = await source.read.$queryRaw<{ id: string; pulls: bigint; lastPulledAt: Date }[]>`
    SELECT p."repositoryId" AS "id", p."pulls", p."lastPulledAt" FROM "RepositoryPulls" p
    WHERE ${isOneOf(source, Prisma.sql`p."repositoryId"`, ids)}`
  const pulls = new Map(rows.map(({ id, ...row }) => [id, toPulls(row)]))
  return (id) => pulls.get(id) ?? none
}

function toPulls({ pulls, lastPulledAt }: { readonly pulls: bigint; readonly lastPulledAt: Date }): Pulls {
  return { pullCount: Number(pulls), lastPulledAt }
}

/** Pulls of one tag or digest. */
interface Given {
  readonly repositoryId: string
  readonly name: string
  readonly count: number
}

/** The same as a statement reads it. */
type Found = Omit<Given, 'count'> & { readonly count: bigint | number }

/**
 * Stores pulls as of `now`: those of accounts that count. What belongs to an image, and is asked for with it, is no pull
 * of its own: a manifest that an index names or that has a subject, by its digest, and a technical tag. A pull by digest
 * counts for all tags that point at it.
 */
export async function storePulls(db: Database, pulls: readonly PullCount[], now = new Date()): Promise<void> {
  const uncounted = await listUncounted(db, [...new Set(pulls.map(({ subjectId }) => subjectId))])
  const given = sumUp(
    pulls
      .filter(({ subjectId }) => !uncounted.has(subjectId))
      .map(({ repositoryId, reference, count }) => ({ repositoryId, name: reference, count })),
  )
  // A power failure may undo it: what is lost are counts of seconds, as with the end of a process.
  for (const batch of batchesOf(given)) {
    await db.sqlTransaction((tx) => storeBatch(tx, batch, now), { mayBeLost: true })
  }
}

/** Those of the users and robots whose pulls do not count. */
async function listUncounted(source: SqlSource, subjectIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await source.read.$queryRaw<{ id: string }[]>`
    SELECT u."id" FROM "User" u WHERE ${isOneOf(source, Prisma.sql`u."id"`, subjectIds)} AND NOT u."arePullsCounted"
    UNION ALL
    SELECT r."id" FROM "Robot" r WHERE ${isOneOf(source, Prisma.sql`r."id"`, subjectIds)} AND NOT r."arePullsCounted"`
  return new Set(rows.map(({ id }) => id))
}

async function storeBatch(tx: SqlTransaction, given: readonly Given[], now: Date): Promise<void> {
  const named = given.filter(({ name }) => !name.includes(':') && technicalTagOf(name) === null)
  const digests = sumUp(
    await findImages(
      tx,
      given.filter(({ name }) => name.includes(':')),
    ),
  )
  const tags = sumUp([...(await lockTags(tx, named)), ...(await lockTagsOf(tx, digests))])
  const repositories = sumUp(
    [...named, ...digests].map(({ repositoryId, count }) => ({ repositoryId, name: '', count })),
  )
  if (tags.length > 0) {
    await tx.$executeRaw`
      INSERT INTO "TagPulls" ("repositoryId", "tag", "pulls", "lastPulledAt")
      SELECT g."repositoryId", g."name", g."count", ${now} FROM ${asGiven(tx, tags)} WHERE true
      ORDER BY g."repositoryId", g."name"
      ON CONFLICT ("repositoryId", "tag") DO UPDATE SET "pulls" = "TagPulls"."pulls" + excluded."pulls",
        "lastPulledAt" = ${later('TagPulls')}`
  }
  if (repositories.length === 0) return
  await tx.$executeRaw`
    INSERT INTO "RepositoryPulls" ("repositoryId", "pulls", "lastPulledAt")
    SELECT r."id", g."count", ${now} FROM ${asGiven(tx, repositories)}
    JOIN "Repository" r ON r."id" = g."repositoryId" WHERE NOT r."isDeleted" ORDER BY r."id"
    ON CONFLICT ("repositoryId") DO UPDATE SET "pulls" = "RepositoryPulls"."pulls" + excluded."pulls",
      "lastPulledAt" = ${later('RepositoryPulls')}`
  await tx.$executeRaw`
    INSERT INTO "RepositoryDay" ("instanceId", "day", "repositoryId", "pulls")
    SELECT r."instanceId", ${dayOf(now)}, r."id", g."count" FROM ${asGiven(tx, repositories)}
    JOIN "Repository" r ON r."id" = g."repositoryId" WHERE NOT r."isDeleted" ORDER BY r."id"
    ON CONFLICT ("instanceId", "day", "repositoryId") DO UPDATE SET "pulls" = "RepositoryDay"."pulls" + excluded."pulls"`
  await tx.$executeRaw`
    INSERT INTO "InstanceDay" ("instanceId", "day", "pulls")
    SELECT r."instanceId", ${dayOf(now)}, sum(g."count") FROM ${asGiven(tx, repositories)}
    JOIN "Repository" r ON r."id" = g."repositoryId" WHERE NOT r."isDeleted"
    GROUP BY r."instanceId" ORDER BY r."instanceId"
    ON CONFLICT ("instanceId", "day") DO UPDATE SET "pulls" = "InstanceDay"."pulls" + excluded."pulls"`
}

/** The later of the stored time and the new one: servers' clocks differ. */
function later(table: 'TagPulls' | 'RepositoryPulls'): Sql {
  const stored = Prisma.raw(`"${table}"."lastPulledAt"`)
  return Prisma.sql`CASE WHEN excluded."lastPulledAt" > ${stored} THEN excluded."lastPulledAt" ELSE ${stored} END`
}

/** Those of the digests whose manifest is pulled for itself. */
async function findImages(tx: SqlTransaction, digests: readonly Given[]): Promise<Found[]> {
  if (digests.length === 0) return []
  return tx.$queryRaw<Found[]>`
    SELECT g."repositoryId", g."name", g."count" FROM ${asGiven(tx, digests)}
    JOIN "Manifest" m ON m."repositoryId" = g."repositoryId" AND m."digest" = g."name"
    WHERE m."subjectDigest" IS NULL AND NOT EXISTS (
      SELECT 1 FROM "ManifestReference" f
      WHERE f."repositoryId" = m."repositoryId" AND f."childDigest" = m."digest" AND f."kind" = 'MANIFEST')`
}

/**
 * Those of the tags that are there, kept from being deleted until the transaction ends, so that no count outlives its tag.
 * PostgreSQL: one that is being deleted now is skipped, so that this waits for nobody. A move of the tag does not wait for
 * this lock, nor this for the move.
 */
async function lockTags(tx: SqlTransaction, tags: readonly Given[]): Promise<Found[]> {
  if (tags.length === 0) return []
  return tx.$queryRaw<Found[]>`
    SELECT t."repositoryId", t."name", g."count" FROM ${asGiven(tx, tags)}
    JOIN "Tag" t ON t."repositoryId" = g."repositoryId" AND t."name" = g."name" ${keepingTags(tx)}`
}

/** How many tags the digests of a batch may count for: that many tags of one image are more than anybody looks at. */
const tagsOfDigestsMax = 1000

async function lockTagsOf(tx: SqlTransaction, digests: readonly Given[]): Promise<Found[]> {
  if (digests.length === 0) return []
  return tx.$queryRaw<Found[]>`
    SELECT t."repositoryId", t."name", g."count" FROM ${asGiven(tx, digests)}
    JOIN "Tag" t ON t."repositoryId" = g."repositoryId" AND t."digest" = g."name" AND NOT t."isTechnical"
    LIMIT ${tagsOfDigestsMax} ${keepingTags(tx)}`
}

function keepingTags({ provider }: SqlTransaction): Sql {
  return provider === 'sqlite' ? Prisma.empty : Prisma.sql`FOR KEY SHARE OF t SKIP LOCKED`
}

/** Pulls as the table `g`, one parameter. */
function asGiven({ provider }: SqlTransaction, given: readonly Given[]): Sql {
  const json = JSON.stringify(given)
  return provider === 'sqlite'
    ? Prisma.sql`(SELECT "value" ->> 'repositoryId' AS "repositoryId", "value" ->> 'name' AS "name",
        "value" ->> 'count' AS "count" FROM json_each(${json})) AS g`
    : Prisma.sql`jsonb_to_recordset(${json}::jsonb) AS g("repositoryId" TEXT, "name" TEXT, "count" INTEGER)`
}

/** The pulls of equal names together, in the order in which rows are written. */
function sumUp(pulls: readonly Found[]): Given[] {
  const sums = new Map<string, Given>()
  for (const { repositoryId, name, count } of pulls) {
    const key = `${repositoryId} ${name}`
    sums.set(key, { repositoryId, name, count: Number(count) + (sums.get(key)?.count ?? 0) })
  }
  return [...sums].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, sum]) => sum)
}

/** Removes the counts of tags that this transaction has deleted. */
export async function removePullsOfTags(
  tx: SqlTransaction,
  repositoryId: string,
  tags: readonly string[],
): Promise<void> {
  if (tags.length === 0) return
  await tx.$send`
    DELETE FROM "TagPulls" WHERE "repositoryId" = ${repositoryId} AND ${isOneOf(tx, Prisma.sql`"tag"`, tags)}`
}

/** Removes the counts of a repository that is being deleted; of its days up to `limit`. Returns how many days there were. */
export async function removePullsOfRepository(tx: SqlTransaction, id: string, limit: number): Promise<number> {
  await tx.$executeRaw`DELETE FROM "RepositoryPulls" WHERE "repositoryId" = ${id}`
  return tx.$executeRaw`
    DELETE FROM "RepositoryDay" WHERE ("instanceId", "day", "repositoryId") IN (
      SELECT "instanceId", "day", "repositoryId" FROM "RepositoryDay" WHERE "repositoryId" = ${id} LIMIT ${limit})`
}

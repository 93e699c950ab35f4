import type { Day } from '@/lib/domain/day'
import { asJsonKeys, isOneOf } from './engine/batches'
import type { SqlSource, SqlTransaction } from './engine/database'
import type { Sql } from './engine/listing'
import { Prisma } from './generated/sqlite/client'
import type { OutboxEventRow } from './outbox-readers'

/*
 * What happened on each day, and what an instance held. Pulls are added by pull-counts.ts; rows are written in the same
 * order there: days of repositories, then days of instances, each by id.
 */

/** The reader of the outbox that counts pushes and refusals. */
export const figuresReader = 'figures'

/** What happened in an instance on a day. */
export interface InstanceDay {
  readonly day: Day
  readonly pulls: number
  readonly pushes: number
  readonly refusals: number
  /** Of its distinct blobs; null when it was not measured on that day. */
  readonly storageBytes: number | null
}

/** What happened in a repository in a time. */
export interface RepositoryActivity {
  readonly repositoryId: string
  readonly pulls: number
  readonly pushes: number
}

/** The days of an instance from `since` on, the oldest first; a day without anything may be absent. */
export async function listDays(source: SqlSource, instanceId: string, since: Day): Promise<InstanceDay[]> {
  const rows = await source.read.$queryRaw<
    (Omit<InstanceDay, 'storageBytes'> & { readonly storageBytes: bigint | null })[]
  >`
    SELECT d."day", d."pulls", d."pushes", d."refusals", d."storageBytes" FROM "InstanceDay" d
    WHERE d."instanceId" = ${instanceId} AND d."day" >= ${since} ORDER BY d."day"`
  return rows.map(({ storageBytes, ...row }) => ({
    ...row,
    storageBytes: storageBytes === null ? null : Number(storageBytes),
  }))
}

/** Up to `limit` repositories of an instance that were pulled from most since a day, the first one the most. */
export async function listMostPulled(
  source: SqlSource,
  instanceId: string,
  since: Day,
  limit: number,
): Promise<RepositoryActivity[]> {
  const rows = await source.read.$queryRaw<StoredActivity[]>`
    SELECT d."repositoryId", sum(d."pulls") AS "pulls", sum(d."pushes") AS "pushes" FROM "RepositoryDay" d
    WHERE d."instanceId" = ${instanceId} AND d."day" >= ${since}
    GROUP BY d."repositoryId" HAVING sum(d."pulls") > 0 ORDER BY sum(d."pulls") DESC, d."repositoryId" LIMIT ${limit}`
  return rows.map(toActivity)
}

/** What happened in each of these repositories since a day. */
export async function getActivity(
  source: SqlSource,
  ids: readonly string[],
  since: Day,
): Promise<(id: string) => RepositoryActivity> {
  const rows = await source.read.$queryRaw<StoredActivity[]>`
    SELECT d."repositoryId", sum(d."pulls") AS "pulls", sum(d."pushes") AS "pushes" FROM "RepositoryDay" d
    WHERE ${isOneOf(source, Prisma.sql`d."repositoryId"`, ids)} AND d."day" >= ${since} GROUP BY d."repositoryId"`
  const activity = new Map(rows.map((row) => [row.repositoryId, toActivity(row)]))
  return (repositoryId) => activity.get(repositoryId) ?? { repositoryId, pulls: 0, pushes: 0 }
}

interface StoredActivity {
  readonly repositoryId: string
  readonly pulls: bigint | number
  readonly pushes: bigint | number
}

function toActivity({ repositoryId, pulls, pushes }: StoredActivity): RepositoryActivity {
  return { repositoryId, pulls: Number(pulls), pushes: Number(pushes) }
}

/** The refusals of a time. */
export interface RefusalFigures {
  readonly count: number
  /** How many tags they were about, and how many repositories. */
  readonly tagCount: number
  readonly repositoryCount: number
  /** Whether there are more: they were not looked at. */
  readonly isCapped: boolean
}

/** Most refusals that are looked at: some milliseconds. */
const refusalsMax = 10_000

/** The refusals of an instance since a time: entries of the ledger. */
export async function getRefusalFigures(source: SqlSource, instanceId: string, since: Date): Promise<RefusalFigures> {
  const newest = Prisma.sql`SELECT e."repositoryId", e."tag", e."createdAt" FROM "TagEvent" e
    WHERE e."instanceId" = ${instanceId} AND e."kind" = 'REFUSED' ORDER BY e."id" DESC LIMIT ${refusalsMax}`
  const [row] = await source.read.$queryRaw<{ count: bigint; tags: bigint; repositories: bigint }[]>`
    SELECT count(*) AS "count", count(DISTINCT newest."repositoryId" || ' ' || newest."tag") AS "tags",
      count(DISTINCT newest."repositoryId") AS "repositories"
    FROM (${newest}) AS newest WHERE newest."createdAt" >= ${since}`
  const count = Number(row?.count)
  return {
    count,
    tagCount: Number(row?.tags),
    repositoryCount: Number(row?.repositories),
    isCapped: count === refusalsMax,
  }
}

/** How much of an instance's storage no tag reaches, as it was counted last. */
export interface Reclaimable {
  readonly bytes: number
  readonly at: Date
}

/** What was counted last of an instance, or null. */
export async function findReclaimable(source: SqlSource, instanceId: string): Promise<Reclaimable | null> {
  const [row] = await source.read.$queryRaw<{ bytes: bigint; at: Date }[]>`
    SELECT d."reclaimableBytes" AS "bytes", d."reclaimableAt" AS "at" FROM "InstanceDay" d
    WHERE d."instanceId" = ${instanceId} AND d."reclaimableAt" IS NOT NULL ORDER BY d."day" DESC LIMIT 1`
  return row === undefined ? null : { bytes: Number(row.bytes), at: row.at }
}

/** When it was last counted in any instance, or null. */
export async function findLastReclaimableCount(source: SqlSource, since: Day): Promise<Date | null> {
  const [row] = await source.read.$queryRaw<{ at: Date | null }[]>`
    SELECT d."reclaimableAt" AS "at" FROM "InstanceDay" d
    WHERE d."day" >= ${since} AND d."reclaimableAt" IS NOT NULL ORDER BY d."day" DESC LIMIT 1`
  return row?.at ?? null
}

/** Stores how much of each instance's storage no tag reaches, in bytes; an instance that is absent has none of it. */
export async function storeReclaimable(
  tx: SqlTransaction,
  bytes: ReadonlyMap<string, number>,
  day: Day,
  now: Date,
): Promise<void> {
  const given = asGivenDays(
    tx,
    [...bytes].map(([instanceId, sum]) => ({ instanceId, repositoryId: '', day, first: sum, second: 0 })),
  )
  await tx.$executeRaw`
    INSERT INTO "InstanceDay" ("instanceId", "day", "reclaimableBytes", "reclaimableAt")
    SELECT i."id", ${day}, COALESCE(g."first", 0), ${now} FROM "Instance" i
    LEFT JOIN ${given} ON g."instanceId" = i."id" WHERE true ORDER BY i."id"
    ON CONFLICT ("instanceId", "day") DO UPDATE SET "reclaimableBytes" = excluded."reclaimableBytes",
      "reclaimableAt" = excluded."reclaimableAt"`
}

/** Stores what the distinct blobs of each instance take now. Writes nothing where that has not changed. */
export async function storeStorage(tx: SqlTransaction, day: Day): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "InstanceDay" ("instanceId", "day", "storageBytes")
    SELECT i."id", ${day}, COALESCE((
      SELECT CAST(sum(t."blobBytes") AS BIGINT) FROM "InstanceTotals" t WHERE t."instanceId" = i."id"), 0)
    FROM "Instance" i WHERE true ORDER BY i."id"
    ON CONFLICT ("instanceId", "day") DO UPDATE SET "storageBytes" = excluded."storageBytes"
    WHERE "InstanceDay"."storageBytes" IS DISTINCT FROM excluded."storageBytes"`
}

/** What an event of the outbox adds to the figures of its day. */
export interface CountedEvent {
  readonly instanceId: string
  readonly repositoryId: string
  readonly at: Date
  readonly isRefusal: boolean
}

/** Those of the events that are pushes, copies and restores of a tag, or refusals. */
export async function listCountedEvents(source: SqlSource, events: readonly OutboxEventRow[]): Promise<CountedEvent[]> {
  const ids = events.flatMap(({ tagEventId }) => (tagEventId === null ? [] : [tagEventId]))
  if (ids.length === 0) return []
  const rows = await source.read.$queryRaw<
    (Omit<CountedEvent, 'isRefusal' | 'at'> & { kind: string; createdAt: Date })[]
  >`
    SELECT e."instanceId", e."repositoryId", CAST(e."kind" AS TEXT) AS "kind", e."createdAt"
    FROM json_each(${source.provider === 'sqlite' ? Prisma.sql`${asJsonKeys(ids)}` : Prisma.sql`CAST(${asJsonKeys(ids)} AS JSON)`}) k
    JOIN "TagEvent" e ON e."id" = CAST(k."key" AS INTEGER)
    WHERE e."kind" IN ('CREATED', 'MOVED', 'RESTORED', 'REFUSED')`
  return rows.map(({ instanceId, repositoryId, kind, createdAt }) => ({
    ...{ instanceId, repositoryId },
    ...{ at: createdAt, isRefusal: kind === 'REFUSED' },
  }))
}

/** Pushes and refusals of a day. */
export interface DayCount {
  readonly instanceId: string
  readonly repositoryId: string
  readonly day: Day
  readonly pushes: number
  readonly refusals: number
}

/** Adds pushes and refusals to their days. */
export async function addToDays(tx: SqlTransaction, counts: readonly DayCount[]): Promise<void> {
  const given = asGivenDays(
    tx,
    counts.map(({ pushes, refusals, ...rest }) => ({ ...rest, first: pushes, second: refusals })),
  )
  await tx.$executeRaw`
    INSERT INTO "RepositoryDay" ("instanceId", "day", "repositoryId", "pushes")
    SELECT r."instanceId", g."day", r."id", g."first" FROM ${given}
    JOIN "Repository" r ON r."id" = g."repositoryId" WHERE NOT r."isDeleted" AND g."first" > 0
    ORDER BY r."id", g."day"
    ON CONFLICT ("instanceId", "day", "repositoryId") DO UPDATE SET "pushes" = "RepositoryDay"."pushes" + excluded."pushes"`
  await tx.$executeRaw`
    INSERT INTO "InstanceDay" ("instanceId", "day", "pushes", "refusals")
    SELECT i."id", g."day", sum(g."first"), sum(g."second") FROM ${given}
    JOIN "Instance" i ON i."id" = g."instanceId" WHERE true GROUP BY i."id", g."day" ORDER BY i."id", g."day"
    ON CONFLICT ("instanceId", "day") DO UPDATE SET "pushes" = "InstanceDay"."pushes" + excluded."pushes",
      "refusals" = "InstanceDay"."refusals" + excluded."refusals"`
}

interface GivenDay {
  readonly instanceId: string
  readonly repositoryId: string
  readonly day: Day
  readonly first: number
  readonly second: number
}

/** Rows as the table `g`, one parameter. */
function asGivenDays({ provider }: SqlTransaction, given: readonly GivenDay[]): Sql {
  const json = JSON.stringify(given)
  return provider === 'sqlite'
    ? Prisma.sql`(SELECT "value" ->> 'instanceId' AS "instanceId", "value" ->> 'repositoryId' AS "repositoryId",
        "value" ->> 'day' AS "day", "value" ->> 'first' AS "first", "value" ->> 'second' AS "second"
        FROM json_each(${json})) AS g`
    : Prisma.sql`jsonb_to_recordset(${json}::jsonb)
        AS g("instanceId" TEXT, "repositoryId" TEXT, "day" TEXT, "first" BIGINT, "second" BIGINT)`
}

/** Removes up to `limit` days of instances and of repositories from before `day`; returns whether there may be more. */
export async function removeDaysBefore(tx: SqlTransaction, day: Day, limit: number): Promise<boolean> {
  const repositories = await tx.$executeRaw`
    DELETE FROM "RepositoryDay" WHERE ("instanceId", "day", "repositoryId") IN (
      SELECT "instanceId", "day", "repositoryId" FROM "RepositoryDay" WHERE "day" < ${day} ORDER BY "day" LIMIT ${limit})`
  const instances = await tx.$executeRaw`
    DELETE FROM "InstanceDay" WHERE ("instanceId", "day") IN (
      SELECT "instanceId", "day" FROM "InstanceDay" WHERE "day" < ${day} ORDER BY "day" LIMIT ${limit})`
  return repositories === limit || instances === limit
}

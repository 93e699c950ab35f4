import type { SqlSource, SqlTransaction } from './engine/database'
import { batchesOf, isOneOf } from './engine/batches'
import { Prisma } from './generated/sqlite/client'

/*
 * The transparency logs: of each instance one. This file is the only writer of their heads, leaves and tiles. A head moves
 * only from the size that it is known to have, in the transaction that stores what it covers.
 */

/** The reader of the outbox that fills the logs. */
export const transparencyReader = 'transparency log'

/**
 * What is in a log of what there was before it. `new`: nothing, and there was nothing. `history`: a part of the ledger so
 * far. `states`: all of that, and the states of some repositories. `started`: everything.
 */
export type LogPhase = 'new' | 'history' | 'states' | 'started'

/** The head of a log. */
export interface LogHead {
  readonly instanceId: string
  /** What the log is called in its checkpoints; empty until it has one. */
  readonly origin: string
  readonly size: number
  /** Hash of the tree, base64. */
  readonly root: string
  /** The signed note; empty until there is one. */
  readonly checkpoint: string
  /** Names the keys that signed it. */
  readonly signedWith: string
  readonly signedAt: Date
  readonly phase: LogPhase
  /** The last entry of the ledger that is history. */
  readonly historyEnd: number
  /** The last event of the outbox that is history. */
  readonly outboxEnd: number
  /** A transaction that began after both were read: see `readOwnHorizon`. */
  readonly horizon: string
  /** Of phase `history`, the entry of the ledger that was written last; of phase `states`, what was told last. */
  readonly cursor: string
  /** Why nothing is appended now: what cannot be read. Empty: nothing stops it. */
  readonly stalled: string
}

/** A leaf as stored. */
export interface LeafRow {
  readonly leafIndex: number
  /** The path, of a leaf about a repository or a tag; otherwise empty. */
  readonly repository: string
  /** Of a leaf about a tag; otherwise empty. */
  readonly tag: string
  readonly entry: string
}

/** A tile as stored. */
export interface TileRow {
  readonly level: number
  readonly tileIndex: number
  readonly hashes: Uint8Array
}

const headColumns = Prisma.raw(
  ['instanceId', 'origin', 'size', 'root', 'checkpoint', 'signedWith', 'signedAt', 'phase', 'historyEnd', 'outboxEnd']
    .concat('horizon', 'cursor', 'stalled')
    .map((name) => `"${name}"`)
    .join(', '),
)

/** The head of an instance's log, or null. */
export async function findLog(source: SqlSource, instanceId: string): Promise<LogHead | null> {
  const [row] = await source.read.$queryRaw<LogHead[]>`
    SELECT ${headColumns} FROM "TransparencyLog" WHERE "instanceId" = ${instanceId}`
  return row ?? null
}

/** The heads of these instances. */
export async function listLogs(source: SqlSource, instanceIds: readonly string[]): Promise<LogHead[]> {
  return source.read.$queryRaw<LogHead[]>`
    SELECT ${headColumns} FROM "TransparencyLog" WHERE ${isOneOf(source, Prisma.sql`"instanceId"`, instanceIds)}`
}

/** The heads that are not in this phase, or not signed with these keys. */
export async function listUnfinishedLogs(source: SqlSource, signedWith: string): Promise<LogHead[]> {
  return source.read.$queryRaw<LogHead[]>`
    SELECT ${headColumns} FROM "TransparencyLog" WHERE "phase" <> 'started' OR "signedWith" <> ${signedWith}
    ORDER BY "instanceId"`
}

/** Whether a log has ever been signed. */
export async function hasSignedLog(source: SqlSource): Promise<boolean> {
  const rows = await source.read.$queryRaw<object[]>`
    SELECT 1 AS "one" FROM "TransparencyLog" WHERE "signedWith" <> '' LIMIT 1`
  return rows.length > 0
}

/** Size of all logs, and when the log that was signed last was. */
export async function measureLogs(
  source: SqlSource,
): Promise<{ readonly leaves: number; readonly signedAt: Date | null }> {
  const [row] = await source.read.$queryRaw<{ leaves: bigint | number | null; signedAt: Date | null }[]>`
    SELECT (SELECT SUM("size") FROM "TransparencyLog") AS "leaves",
      (SELECT MAX("signedAt") FROM "TransparencyLog" WHERE "size" > 0) AS "signedAt"`
  const signedAt = row?.signedAt ?? null
  return { leaves: Number(row?.leaves ?? 0), signedAt: signedAt === null ? null : new Date(signedAt) }
}

/** Ids of instances that have no log: they are older than the logs. */
export async function listInstancesWithoutLog(source: SqlSource): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ id: string }[]>`
    SELECT i."id" FROM "Instance" i
    WHERE NOT EXISTS (SELECT 1 FROM "TransparencyLog" l WHERE l."instanceId" = i."id") ORDER BY i."id"`
  return rows.map(({ id }) => id)
}

/** Adds an empty log, unless the instance has one. */
export async function insertLog(
  tx: SqlTransaction,
  instanceId: string,
  phase: LogPhase,
  { historyEnd, outboxEnd, horizon } = { historyEnd: 0, outboxEnd: 0, horizon: '0' },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "TransparencyLog" ("instanceId", "origin", "size", "root", "checkpoint", "signedWith", "signedAt", "phase",
      "historyEnd", "outboxEnd", "horizon", "cursor")
    VALUES (${instanceId}, '', 0, '', '', '', ${new Date()}, ${phase}, ${historyEnd}, ${outboxEnd}, ${horizon}, '')
    ON CONFLICT ("instanceId") DO NOTHING`
}

/** What a head becomes. */
export type NextHead = Omit<LogHead, 'instanceId' | 'historyEnd' | 'outboxEnd' | 'horizon' | 'stalled'>

/**
 * Moves a head on; returns false when it was not any more what the caller has read: another process has moved it, and
 * nothing may be written.
 */
export async function moveHead(tx: SqlTransaction, head: LogHead, next: NextHead): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE "TransparencyLog" SET "origin" = ${next.origin}, "size" = ${next.size}, "root" = ${next.root},
      "checkpoint" = ${next.checkpoint}, "signedWith" = ${next.signedWith}, "signedAt" = ${next.signedAt},
      "phase" = ${next.phase}, "cursor" = ${next.cursor}
    WHERE "instanceId" = ${head.instanceId} AND "size" = ${head.size} AND "checkpoint" = ${head.checkpoint}
      AND "phase" = ${head.phase} AND "cursor" = ${head.cursor}`
  return count > 0
}

/** Records why nothing is appended to a log now, or with '' that nothing stops it; returns whether that is new. */
export async function setStalled(tx: SqlTransaction, instanceId: string, stalled: string): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE "TransparencyLog" SET "stalled" = ${stalled} WHERE "instanceId" = ${instanceId} AND "stalled" <> ${stalled}`
  return count > 0
}

/** The logs to which nothing is appended now, and why. */
export async function listStalledLogs(
  source: SqlSource,
): Promise<Pick<LogHead, 'instanceId' | 'origin' | 'stalled'>[]> {
  return source.read.$queryRaw<Pick<LogHead, 'instanceId' | 'origin' | 'stalled'>[]>`
    SELECT "instanceId", "origin", "stalled" FROM "TransparencyLog" WHERE "stalled" <> '' ORDER BY "instanceId"`
}

/** Adds leaves. */
export async function insertLeaves(tx: SqlTransaction, instanceId: string, leaves: readonly LeafRow[]): Promise<void> {
  for (const batch of batchesOf(leaves)) {
    const json = JSON.stringify(batch)
    await (tx.provider === 'sqlite'
      ? tx.$executeRaw`
          INSERT INTO "TransparencyLeaf" ("instanceId", "leafIndex", "repository", "tag", "entry")
          SELECT ${instanceId}, "value" ->> 'leafIndex', "value" ->> 'repository', "value" ->> 'tag',
            "value" ->> 'entry' FROM json_each(${json})`
      : tx.$executeRaw`
          INSERT INTO "TransparencyLeaf" ("instanceId", "leafIndex", "repository", "tag", "entry")
          SELECT ${instanceId}, given.* FROM jsonb_to_recordset(${json}::jsonb)
            AS given("leafIndex" INTEGER, "repository" TEXT, "tag" TEXT, "entry" TEXT)`)
  }
}

/** Stores a tile, in place of a narrower one. */
export async function putTile(
  tx: SqlTransaction,
  instanceId: string,
  { level, tileIndex, hashes }: TileRow,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "TransparencyTile" ("instanceId", "level", "tileIndex", "hashes")
    VALUES (${instanceId}, ${level}, ${tileIndex}, ${Buffer.from(hashes)})
    ON CONFLICT ("instanceId", "level", "tileIndex") DO UPDATE SET "hashes" = excluded."hashes"`
}

/** A tile of a log, or null. */
export async function findTile(
  source: SqlSource,
  instanceId: string,
  level: number,
  tileIndex: number,
): Promise<Uint8Array | null> {
  const [row] = await source.read.$queryRaw<{ hashes: Uint8Array }[]>`
    SELECT "hashes" FROM "TransparencyTile"
    WHERE "instanceId" = ${instanceId} AND "level" = ${level} AND "tileIndex" = ${tileIndex}`
  return row?.hashes ?? null
}

/** The lines of `count` leaves from `first` on, in order. */
export async function listEntries(
  source: SqlSource,
  instanceId: string,
  first: number,
  count: number,
): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ entry: string }[]>`
    SELECT "entry" FROM "TransparencyLeaf"
    WHERE "instanceId" = ${instanceId} AND "leafIndex" >= ${first} AND "leafIndex" < ${first + count}
    ORDER BY "leafIndex"`
  return rows.map(({ entry }) => entry)
}

/**
 * The leaves below `size` about one tag of a path, with those about the repositories of the path themselves and about the
 * log, in order; at most `limit`.
 */
export async function listLeavesOfTag(
  source: SqlSource,
  { instanceId, size }: Pick<LogHead, 'instanceId' | 'size'>,
  { repository, tag }: { readonly repository: string; readonly tag: string },
  limit: number,
): Promise<Pick<LeafRow, 'leafIndex' | 'entry'>[]> {
  const of = (path: string, name: string) => Prisma.sql`
    SELECT "leafIndex", "entry" FROM "TransparencyLeaf" WHERE "instanceId" = ${instanceId} AND "repository" = ${path}
      AND "tag" = ${name} AND "leafIndex" < ${size}`
  return source.read.$queryRaw<Pick<LeafRow, 'leafIndex' | 'entry'>[]>`
    ${of('', '')} UNION ALL ${of(repository, '')} UNION ALL ${of(repository, tag)} ORDER BY "leafIndex" LIMIT ${limit}`
}

/** How many of the first `size` leaves are about a path and its tags: up to `limit`, where counting ends. */
export async function countLeavesOfPath(
  source: SqlSource,
  { instanceId, size }: Pick<LogHead, 'instanceId' | 'size'>,
  repository: string,
  limit: number,
): Promise<number> {
  const [row] = await source.read.$queryRaw<{ count: bigint | number }[]>`
    SELECT COUNT(*) AS "count" FROM (
      SELECT 1 FROM "TransparencyLeaf"
      WHERE "instanceId" = ${instanceId} AND "repository" = ${repository} AND "leafIndex" < ${size} LIMIT ${limit}
    ) AS "leaves"`
  return Number(row?.count ?? 0)
}

/** The last leaf about a repository of a path itself, not about its tags; or null. */
export async function findLastPolicyLeaf(
  source: SqlSource,
  instanceId: string,
  repository: string,
): Promise<string | null> {
  const [row] = await source.read.$queryRaw<{ entry: string }[]>`
    SELECT "entry" FROM "TransparencyLeaf"
    WHERE "instanceId" = ${instanceId} AND "repository" = ${repository} AND "tag" = '' ORDER BY "leafIndex" DESC LIMIT 1`
  return row?.entry ?? null
}

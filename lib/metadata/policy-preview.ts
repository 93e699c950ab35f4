import { setImmediate } from 'node:timers/promises'
import { Prisma } from './generated/sqlite/client'
import type { SqlSource } from './engine/database'
import { isOneOf } from './engine/batches'
import type { Sql } from './engine/listing'
import { beginsWith } from './tag-listing'

/*
 * What the preview of a policy reads. A page of many rows is one text, because reading thousands of rows takes ten
 * times as long; it is split at signs that no tag has.
 */

/** A tag, and when it moved last. */
export interface TagAndMove {
  readonly name: string
  /** A text that is greater for a later move; null: it did not move since the time asked for. */
  readonly movedAt: string | null
}

/** Rows that one statement reads: enough that 100,000 take few statements, and few enough that none holds others up. */
const rowsOfPage = 5000

/**
 * The tags of a repository that begin with one of `beginnings`, of which none begins with another; in pages, those of a
 * beginning in byte order, with their last moves since `since`. Other requests run between two pages. A tag that was
 * created then has not moved.
 */
export async function* readTagMovePages(
  source: SqlSource,
  repositoryId: string,
  since: Date,
  beginnings: readonly string[],
): AsyncGenerator<readonly TagAndMove[]> {
  for (const beginning of beginnings) {
    for (let last: string | null = null; ;) {
      const page: TagAndMove[] = await readMoves(
        source,
        Prisma.sql`SELECT "name", "previousDigest", "updatedAt" FROM "Tag"
          WHERE "repositoryId" = ${repositoryId} AND ${beginsWith(beginning, last)} ORDER BY "name" LIMIT ${rowsOfPage}`,
        since,
      )
      if (page.length === 0) break
      yield page
      last = page.at(-1)?.name ?? ''
      await setImmediate()
    }
  }
}

/** The tags of a repository that moved since `since`, in pages; other requests run between two pages. */
export async function* readMovedTagPages(
  source: SqlSource,
  repositoryId: string,
  since: Date,
): AsyncGenerator<readonly TagAndMove[]> {
  for (let [at, name] = [since, '']; ;) {
    const ofRepository = Prisma.sql`"repositoryId" = ${repositoryId} AND "updatedAt" >= ${at}
      AND ("updatedAt" > ${at} OR "name" > ${name})`
    const rows = Prisma.sql`SELECT "name", "previousDigest", "updatedAt" FROM "Tag" WHERE ${ofRepository}
      ORDER BY "updatedAt", "name" LIMIT ${rowsOfPage}`
    const page = await readMoves(source, rows, since)
    yield page.filter(({ movedAt }) => movedAt !== null)
    const [last] = await source.read.$queryRaw<{ name: string; updatedAt: Date }[]>`
      SELECT "name", "updatedAt" FROM "Tag" WHERE ${ofRepository}
      ORDER BY "updatedAt", "name" LIMIT 1 OFFSET ${rowsOfPage - 1}`
    if (last === undefined) return
    ;[at, name] = [last.updatedAt, last.name]
    await setImmediate()
  }
}

/** The tags of a query, in byte order. */
async function readMoves(source: SqlSource, rows: Sql, since: Date): Promise<TagAndMove[]> {
  const [page] = await source.read.$queryRaw<{ tags: string | null }[]>`
    SELECT string_agg("name" || CASE WHEN "previousDigest" IS NOT NULL AND "updatedAt" >= ${since}
      THEN '!' || CAST("updatedAt" AS TEXT) ELSE '' END, '|') AS "tags" FROM (${rows}) AS page`
  if (typeof page?.tags !== 'string') return []
  return page.tags
    .split('|')
    .sort()
    .map((text) => {
      const sign = text.indexOf('!')
      return sign < 0 ? { name: text, movedAt: null } : { name: text.slice(0, sign), movedAt: text.slice(sign + 1) }
    })
}

/** What a tag points at since when, and by whom. */
export interface TagPush {
  readonly name: string
  readonly updatedAt: Date
  readonly updatedBy: string
}

/** The tags of these names; a few. */
export async function listTagPushes(
  source: SqlSource,
  repositoryId: string,
  names: readonly string[],
): Promise<TagPush[]> {
  return source.read.$queryRaw<TagPush[]>`
    SELECT "name", "updatedAt", "updatedBy" FROM "Tag"
    WHERE "repositoryId" = ${repositoryId} AND ${isOneOf(source, Prisma.sql`"name"`, names)}`
}

/** How often somebody moved a tag. */
export interface Pusher {
  readonly name: string
  readonly moveCount: number
}

/** Entries of the ledger that a count of one tag's moves reads. */
const entriesOfTag = 1000

/** Who moved a tag since `since`, the most frequent first. Only the newest 1,000 entries of the tag count. */
export async function listPushers(
  source: SqlSource,
  repositoryId: string,
  tag: string,
  since: Date,
): Promise<Pusher[]> {
  const rows = await source.read.$queryRaw<{ name: string; moveCount: bigint | number }[]>`
    SELECT "actor" AS "name", count(*) AS "moveCount" FROM (
      SELECT "kind", "actor", "createdAt" FROM "TagEvent" WHERE "repositoryId" = ${repositoryId} AND "tag" = ${tag}
      ORDER BY "id" DESC LIMIT ${entriesOfTag}) AS newest
    WHERE "kind" IN ('MOVED', 'RESTORED') AND "createdAt" >= ${since}
    GROUP BY "actor" ORDER BY count(*) DESC, "actor"`
  return rows.map(({ name, moveCount }) => ({ name, moveCount: Number(moveCount) }))
}

/** A tag, and how many pushes of it mode `audit` recorded in a part of the ledger. */
export interface WouldBeRefusals {
  readonly tag: string
  readonly count: number
}

/**
 * The would-be refusals of a repository since `since`, in parts of the ledger; other requests run between two parts. A
 * tag may occur in several.
 */
export async function* readWouldBeRefusals(
  source: SqlSource,
  repositoryId: string,
  since: Date,
): AsyncGenerator<readonly WouldBeRefusals[]> {
  for (let [at, id] = [since, 0]; ;) {
    const [part] = await source.read.$queryRaw<{ tags: string | null; lastAt: Date | null; lastId: number | null }[]>`
      WITH part AS (
        SELECT "id", "tag", "createdAt" FROM "TagEvent"
        WHERE "repositoryId" = ${repositoryId} AND "kind" = 'WOULD_BE_REFUSED' AND "createdAt" >= ${at}
          AND ("createdAt" > ${at} OR "id" > ${id})
        ORDER BY "createdAt", "id" LIMIT ${rowsOfPage})
      SELECT (SELECT string_agg("tag" || '!' || "count", '|') FROM (
          SELECT "tag", CAST(count(*) AS TEXT) AS "count" FROM part GROUP BY "tag") AS counts) AS "tags",
        (SELECT "createdAt" FROM part ORDER BY "createdAt" DESC, "id" DESC LIMIT 1) AS "lastAt",
        (SELECT "id" FROM part ORDER BY "createdAt" DESC, "id" DESC LIMIT 1) AS "lastId"`
    if (typeof part?.tags !== 'string' || part.lastAt === null || part.lastId === null) return
    yield part.tags.split('|').map((text) => {
      const sign = text.indexOf('!')
      return { tag: text.slice(0, sign), count: Number(text.slice(sign + 1)) }
    })
    ;[at, id] = [new Date(part.lastAt), part.lastId]
    await setImmediate()
  }
}

import { type OpeningEnd, type OpeningTimes, endOfOpening } from '@/lib/domain/openings'
import { isOneOf } from './engine/batches'
import type { Database, SqlSource, SqlTransaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Slice, inOrder } from './engine/listing'

/*
 * Openings of protected tags. This file is their only writer. Whoever opens or closes holds the repository's row
 * exclusively (`lockRepositoryExclusively`), so that a push, which holds it too, sees an opening for its whole
 * transaction or not at all.
 */

/** An opening as stored. */
export interface OpeningRow extends OpeningTimes {
  readonly id: string
  readonly repositoryId: string
  readonly tag: string
  readonly reason: string
  readonly opensAt: Date
  readonly openedBy: string
  /** How often the tag moved because of it. */
  readonly moveCount: number
  /** Null until its end is recorded; `closedHow` too. */
  readonly closedAt: Date | null
  /** Null when it ended by itself. */
  readonly closedBy: string | null
  readonly closedHow: OpeningEnd | null
}

const columns = Prisma.raw(
  ['id', 'repositoryId', 'tag', 'reason', 'opensAt', 'closesAt', 'openedBy', 'seenAt', 'moveCount', 'closedAt']
    .concat('closedBy', 'closedHow')
    .map((name) => `o."${name}"`)
    .join(', '),
)

/** Adds an opening that begins now. The tag must have no other one whose end is not recorded. */
export async function insertOpening(
  tx: SqlTransaction,
  opening: Pick<OpeningRow, 'id' | 'repositoryId' | 'tag' | 'reason' | 'opensAt' | 'closesAt' | 'openedBy'>,
): Promise<OpeningRow> {
  const { id, repositoryId, tag, reason, opensAt, closesAt, openedBy } = opening
  await tx.$executeRaw`
    INSERT INTO "TagOpening" ("id", "repositoryId", "tag", "reason", "opensAt", "closesAt", "openedBy", "seenAt")
    VALUES (${id}, ${repositoryId}, ${tag}, ${reason}, ${opensAt}, ${closesAt}, ${openedBy}, ${opensAt})`
  return { ...opening, seenAt: opensAt, moveCount: 0, closedAt: null, closedBy: null, closedHow: null }
}

/** The opening of a tag whose end is not recorded, or null. Whether it is still open, `endOfOpening` says. */
export async function findUnclosedOpening(
  source: SqlSource,
  repositoryId: string,
  tag: string,
): Promise<OpeningRow | null> {
  const [row] = await source.read.$queryRaw<OpeningRow[]>`
    SELECT ${columns} FROM "TagOpening" o
    WHERE o."repositoryId" = ${repositoryId} AND o."tag" = ${tag} AND o."closedAt" IS NULL`
  return row ?? null
}

/** The openings of these tags whose end is not recorded. */
export async function listUnclosedOpeningsOf(
  source: SqlSource,
  repositoryId: string,
  tags: readonly string[],
): Promise<OpeningRow[]> {
  return source.read.$queryRaw<OpeningRow[]>`
    SELECT ${columns} FROM "TagOpening" o
    WHERE o."repositoryId" = ${repositoryId} AND o."closedAt" IS NULL AND ${isOneOf(source, Prisma.sql`o."tag"`, tags)}`
}

/** The opening with this id, or null. */
export async function findOpening(source: SqlSource, repositoryId: string, id: string): Promise<OpeningRow | null> {
  const [row] = await source.read.$queryRaw<OpeningRow[]>`
    SELECT ${columns} FROM "TagOpening" o WHERE o."id" = ${id} AND o."repositoryId" = ${repositoryId}`
  return row ?? null
}

/** Counts a move that took place because of an opening. */
export async function countOpenedMove(tx: SqlTransaction, id: string): Promise<void> {
  await tx.$executeRaw`UPDATE "TagOpening" SET "moveCount" = "moveCount" + 1 WHERE "id" = ${id}`
}

/** Records the end of an opening, for good; returns whether it was not recorded yet. */
export async function closeOpening(
  tx: SqlTransaction,
  id: string,
  end: { readonly at: Date; readonly by: string | null; readonly how: OpeningEnd },
): Promise<boolean> {
  const how = Prisma.raw(`'${end.how}'`)
  const count = await tx.$executeRaw`
    UPDATE "TagOpening" SET "closedAt" = ${end.at}, "closedBy" = ${end.by}, "closedHow" = ${how}
    WHERE "id" = ${id} AND "closedAt" IS NULL`
  return count > 0
}

/**
 * Notes that a server has seen the time `now` while it was open; a later time that is noted already stays. In a
 * transaction of its own: a push that holds the row of one opening may wait for that of another.
 */
export async function noteSeen(db: Pick<Database, 'sqlTransaction'>, id: string, now: Date): Promise<void> {
  await db.sqlTransaction(
    (tx) => tx.$executeRaw`
      UPDATE "TagOpening" SET "seenAt" = ${now} WHERE "id" = ${id} AND "closedAt" IS NULL AND "seenAt" < ${now}`,
  )
}

/** The openings of all repositories whose end is not recorded. */
export async function listUnclosedOpenings(source: SqlSource): Promise<OpeningRow[]> {
  return source.read.$queryRaw<OpeningRow[]>`
    SELECT ${columns} FROM "TagOpening" o JOIN "Repository" r ON r."id" = o."repositoryId"
    WHERE o."closedAt" IS NULL AND NOT r."isDeleted"`
}

/** How many tags of all repositories are open at the time `now`. */
export async function countOpenTags(source: SqlSource, now: Date): Promise<number> {
  const openings = await listUnclosedOpenings(source)
  return openings.filter((opening) => endOfOpening(opening, now) === null).length
}

/** Which openings a list shows. */
export interface OpeningFilter {
  readonly repositoryId: string
  /** Only those whose end is not recorded. */
  readonly isUnclosed: boolean
}

/** The openings of a repository, by their begin. */
export async function listOpenings(source: SqlSource, filter: OpeningFilter, slice: Slice): Promise<OpeningRow[]> {
  return source.read.$queryRaw<OpeningRow[]>`
    SELECT ${columns} FROM "TagOpening" o WHERE ${condition(filter)}
      ${inOrder(Prisma.sql`o."opensAt"`, Prisma.sql`o."id"`, slice)}`
}

/** How many openings match. */
export async function countOpenings(source: SqlSource, filter: OpeningFilter): Promise<number> {
  const [row] = await source.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "TagOpening" o WHERE ${condition(filter)}`
  return Number(row?.count)
}

function condition({ repositoryId, isUnclosed }: OpeningFilter): Prisma.Sql {
  const all = Prisma.sql`o."repositoryId" = ${repositoryId}`
  return isUnclosed ? Prisma.sql`${all} AND o."closedAt" IS NULL` : all
}

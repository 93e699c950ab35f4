import type { TagEventKind } from '@/lib/domain/ledger'
import { asJsonKeys } from './engine/batches'
import type { SqlSource, SqlTransaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import type { NameState } from './outbox'

/*
 * What the leaves of transparency logs are made of, besides the outbox: entries of the ledger, and what there was before a
 * log.
 */

/** An entry of the ledger, as a leaf tells it: no actor, no address. */
export interface LoggedTagEvent {
  readonly id: number
  readonly kind: TagEventKind
  readonly repositoryId: string
  readonly repositoryPath: string
  readonly tag: string
  readonly currentDigest: string | null
  readonly pushedDigest: string | null
  readonly reason: string | null
  readonly createdAt: Date
  /** Of an opening that is still known. */
  readonly closesAt: Date | null
}

const eventColumns = Prisma.sql`e."id", e."kind", e."repositoryId", e."repositoryPath", e."tag", e."currentDigest",
  e."pushedDigest", e."reason", e."createdAt"`

/** The entries with these ids. */
export async function listLoggedTagEvents(source: SqlSource, ids: readonly number[]): Promise<LoggedTagEvent[]> {
  if (ids.length === 0) return []
  const rows = await source.read.$queryRaw<Omit<LoggedTagEvent, 'closesAt'>[]>`
    SELECT ${eventColumns} FROM json_each(${asJsonKeys(ids)}) AS given
    JOIN "TagEvent" e ON e."id" = CAST(given."key" AS INTEGER)`
  return rows.map((row) => ({ ...row, closesAt: null }))
}

/** Up to `limit` entries of an instance that changed tags, by id: those after `after`, up to `end`. */
export async function listHistory(
  source: SqlSource,
  instanceId: string,
  { after, end, limit }: { readonly after: number; readonly end: number; readonly limit: number },
): Promise<LoggedTagEvent[]> {
  return source.read.$queryRaw<LoggedTagEvent[]>`
    SELECT ${eventColumns}, (
      SELECT o."closesAt" FROM "TagOpening" o WHERE e."kind" = 'OPENED' AND o."repositoryId" = e."repositoryId"
        AND o."tag" = e."tag" AND o."opensAt" = e."createdAt" LIMIT 1) AS "closesAt"
    FROM "TagEvent" e
    WHERE e."id" > ${after} AND e."id" <= ${end} AND e."instanceId" = ${instanceId}
      AND e."kind" NOT IN ('REFUSED', 'WOULD_BE_REFUSED')
    ORDER BY e."id" LIMIT ${limit}`
}

/** The last entry of the ledger and the last event of the outbox, of those that can be seen. */
export async function readEnds(
  source: SqlSource,
): Promise<{ readonly historyEnd: number; readonly outboxEnd: number }> {
  const [row] = await source.read.$queryRaw<{ historyEnd: number | null; outboxEnd: number | null }[]>`
    SELECT (SELECT MAX("id") FROM "TagEvent") AS "historyEnd", (SELECT MAX("id") FROM "OutboxEvent") AS "outboxEnd"`
  return { historyEnd: row?.historyEnd ?? 0, outboxEnd: row?.outboxEnd ?? 0 }
}

/** The id of an instance's next repository by id, or null. */
export async function findNextRepository(source: SqlSource, instanceId: string, after: string): Promise<string | null> {
  const [row] = await source.read.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Repository" WHERE "instanceId" = ${instanceId} AND "id" > ${after} AND NOT "isDeleted"
    ORDER BY "id" LIMIT 1`
  return row?.id ?? null
}

/** A reserved name's place among those of an instance. */
export interface NamePosition {
  readonly repositoryPath: string
  readonly tag: string
}

/** The next reserved names of an instance, by path and tag, at most `limit`; they stay until the transaction ends. */
export async function lockReservedNames(
  tx: SqlTransaction,
  instanceId: string,
  { repositoryPath, tag }: NamePosition,
  limit: number,
): Promise<NameState[]> {
  return tx.$queryRaw<NameState[]>`
    SELECT t."tag", t."digest", t."repositoryId", t."repositoryPath" FROM "Tombstone" t
    WHERE t."instanceId" = ${instanceId} AND (t."repositoryPath", t."tag") > (${repositoryPath}, ${tag})
    ORDER BY t."repositoryPath", t."tag" LIMIT ${limit}
    ${tx.provider === 'sqlite' ? Prisma.empty : Prisma.sql`FOR SHARE OF t`}`
}

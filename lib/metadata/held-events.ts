import { asJsonKeys } from './engine/batches'
import type { SqlSource, SqlTransaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import type { OutboxEventRow } from './outbox-readers'

/*
 * Events of the outbox that its reader has passed and a transparency log has not taken: the ledger from before it is being
 * copied, or it cannot read one of them. Later events of the same instance wait behind them, those of others do not. This
 * file is their only writer.
 */

/** A held event; null where the outbox has it no more. */
export interface HeldEvent {
  readonly id: number
  readonly event: OutboxEventRow | null
}

/** Those of all instances that have held events. */
export async function listHoldingInstances(source: SqlSource): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ instanceId: string }[]>`
    SELECT DISTINCT "instanceId" FROM "TransparencyHeld" ORDER BY "instanceId"`
  return rows.map(({ instanceId }) => instanceId)
}

/** Holds events, in the transaction that moves the reader past them. */
export async function holdEvents(tx: SqlTransaction, instanceId: string, ids: readonly number[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "TransparencyHeld" ("instanceId", "outboxEventId")
    SELECT ${instanceId}, CAST("key" AS INTEGER) FROM json_each(${asJsonKeys(ids)})`
}

/** The first held events of an instance, in order. */
export async function listHeldEvents(source: SqlSource, instanceId: string, limit: number): Promise<HeldEvent[]> {
  const rows = await source.read.$queryRaw<
    (Omit<OutboxEventRow, 'kind'> & { readonly heldId: number; readonly kind: OutboxEventRow['kind'] | null })[]
  >`
    SELECT h."outboxEventId" AS "heldId", o."id", o."kind", o."instanceId", o."repositoryId", o."repositoryPath",
      o."tagEventId", o."detail", o."createdAt"
    FROM "TransparencyHeld" h LEFT JOIN "OutboxEvent" o ON o."id" = h."outboxEventId"
    WHERE h."instanceId" = ${instanceId} ORDER BY h."outboxEventId" LIMIT ${limit}`
  return rows.map(({ heldId, ...event }) => ({ id: heldId, event: isThere(event) ? event : null }))
}

function isThere(
  event: Omit<OutboxEventRow, 'kind'> & { kind: OutboxEventRow['kind'] | null },
): event is OutboxEventRow {
  return event.kind !== null
}

/** Lets held events go, which a log takes in this transaction; returns how many there were of them. */
export async function releaseHeldEvents(
  tx: SqlTransaction,
  instanceId: string,
  ids: readonly number[],
): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM "TransparencyHeld" WHERE "instanceId" = ${instanceId}
      AND "outboxEventId" IN (SELECT CAST("key" AS INTEGER) FROM json_each(${asJsonKeys(ids)}))`
}

/** The oldest held event of an instance, or of all with null: its id, and when it was written. Null: there is none. */
export async function findOldestHeld(
  source: SqlSource,
  instanceId: string | null,
): Promise<{ readonly id: number; readonly createdAt: Date | null } | null> {
  const [row] = await source.read.$queryRaw<{ id: number; createdAt: Date | null }[]>`
    SELECT h."outboxEventId" AS "id", o."createdAt"
    FROM "TransparencyHeld" h LEFT JOIN "OutboxEvent" o ON o."id" = h."outboxEventId"
    ${instanceId === null ? Prisma.empty : Prisma.sql`WHERE h."instanceId" = ${instanceId}`}
    ORDER BY h."outboxEventId" LIMIT 1`
  return row ?? null
}

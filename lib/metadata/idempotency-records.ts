import type { Source, Transaction } from './engine/database'

/** A request with an Idempotency-Key, and its answer. */
export interface IdempotencyRecord {
  readonly requestHash: string
  readonly status: number
  readonly location: string | null
  readonly etag: string | null
  readonly body: string
  /** JSON: the permissions that the request needed. */
  readonly needs: string
}

/**
 * Takes an id for this transaction's request; false when another has it. Only one of several concurrent
 * transactions gets it: the database decides by the key, and on PostgreSQL the others wait until that one has ended.
 */
export async function claimIdempotencyRecord(
  tx: Transaction,
  { id, requestHash }: { readonly id: string; readonly requestHash: string },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    INSERT INTO "IdempotencyRecord" ("id", "requestHash", "status", "body", "needs", "createdAt")
    VALUES (${id}, ${requestHash}, 0, '', '', ${new Date()}) ON CONFLICT ("id") DO NOTHING`
  return count === 1
}

/** Writes the answer to a record that this transaction has claimed. */
export async function completeIdempotencyRecord(
  tx: Transaction,
  id: string,
  answer: Omit<IdempotencyRecord, 'requestHash'>,
): Promise<void> {
  await tx.prisma.idempotencyRecord.update({ where: { id }, data: answer })
}

/** The record, or null. */
export async function findIdempotencyRecord(db: Source, id: string): Promise<IdempotencyRecord | null> {
  return db.prisma.idempotencyRecord.findUnique({
    where: { id },
    select: { requestHash: true, status: true, location: true, etag: true, body: true, needs: true },
  })
}

/** Removes the records made before `time`. */
export async function deleteIdempotencyRecordsBefore(tx: Transaction, time: Date): Promise<void> {
  await tx.prisma.idempotencyRecord.deleteMany({ where: { createdAt: { lt: time } } })
}

/** Whether there is a record made before `time`. */
export async function hasIdempotencyRecordsBefore(db: Source, time: Date): Promise<boolean> {
  return (
    (await db.prisma.idempotencyRecord.findFirst({ where: { createdAt: { lt: time } }, select: { id: true } })) !== null
  )
}

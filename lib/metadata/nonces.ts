import type { SqlTransaction } from './engine/database'

/**
 * Takes a nonce for this transaction's request; false when another request has it. Only one of several concurrent
 * transactions gets it: the database decides by the key, and on PostgreSQL the others wait until that one has ended.
 */
export async function claimNonce(tx: SqlTransaction, id: string, now: Date): Promise<boolean> {
  const count = await tx.$executeRaw`
    INSERT INTO "SignatureNonce" ("id", "createdAt") VALUES (${id}, ${now}) ON CONFLICT ("id") DO NOTHING`
  return count === 1
}

/** Removes up to `limit` of the oldest nonces, those from before `end`; returns how many there were. */
export async function deleteNoncesBefore(tx: SqlTransaction, end: Date, limit: number): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM "SignatureNonce" WHERE "id" IN (
      SELECT "id" FROM "SignatureNonce" WHERE "createdAt" < ${end} ORDER BY "createdAt" LIMIT ${limit})`
}

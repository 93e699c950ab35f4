import type { Db } from './database'

/**
 * Takes a lease, or holds it longer, until `expiresAt`; answers false when another holder has it. On PostgreSQL this
 * waits for a transaction that has just taken it.
 */
export async function holdLease(
  db: Db,
  lease: { readonly name: string; readonly holder: string; readonly expiresAt: Date; readonly now: Date },
): Promise<boolean> {
  const count = await db.$executeRaw`
    INSERT INTO "Lease" ("name", "holder", "expiresAt") VALUES (${lease.name}, ${lease.holder}, ${lease.expiresAt})
    ON CONFLICT ("name") DO UPDATE SET "holder" = excluded."holder", "expiresAt" = excluded."expiresAt"
    WHERE "Lease"."holder" = excluded."holder" OR "Lease"."expiresAt" <= ${lease.now}`
  return count > 0
}

/** Gives a lease back, where `holder` still has it. */
export async function releaseLease(
  db: Db,
  { name, holder }: { readonly name: string; readonly holder: string },
): Promise<void> {
  await db.lease.deleteMany({ where: { name, holder } })
}

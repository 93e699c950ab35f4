import type { Source } from './database'

/**
 * Takes or extends a lease until `expiresAt`; returns false when another holder has it. On PostgreSQL this
 * waits for a transaction that has just taken it.
 */
export async function holdLease(
  db: Source,
  lease: { readonly name: string; readonly holder: string; readonly expiresAt: Date; readonly now: Date },
): Promise<boolean> {
  const count = await db.prisma.$executeRaw`
    INSERT INTO "Lease" ("name", "holder", "expiresAt") VALUES (${lease.name}, ${lease.holder}, ${lease.expiresAt})
    ON CONFLICT ("name") DO UPDATE SET "holder" = excluded."holder", "expiresAt" = excluded."expiresAt"
    WHERE "Lease"."holder" = excluded."holder" OR "Lease"."expiresAt" <= ${lease.now}`
  return count > 0
}

/** Releases a lease if `holder` still has it. */
export async function releaseLease(
  db: Source,
  { name, holder }: { readonly name: string; readonly holder: string },
): Promise<void> {
  await db.prisma.lease.deleteMany({ where: { name, holder } })
}

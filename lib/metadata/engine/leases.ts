import type { Source } from './database'
import { Prisma } from '../generated/sqlite/client'

/**
 * Takes or extends a lease for `forMs` from now; returns false when another holder has it. On PostgreSQL this waits for a
 * transaction that has just taken it, and "now" is by the clock of the database: those of servers differ, and one that is
 * ahead would take each lease from its holder.
 */
export async function holdLease(
  db: Source,
  { name, holder, forMs }: { readonly name: string; readonly holder: string; readonly forMs: number },
): Promise<boolean> {
  const now = new Date()
  const time =
    db.provider === 'sqlite'
      ? { now: Prisma.sql`${now}`, end: Prisma.sql`${new Date(now.getTime() + forMs)}` }
      : {
          now: Prisma.sql`timezone('UTC', clock_timestamp())`,
          end: Prisma.sql`timezone('UTC', clock_timestamp()) + CAST(${forMs} AS INTEGER) * interval '1 millisecond'`,
        }
  const count = await db.prisma.$executeRaw`
    INSERT INTO "Lease" ("name", "holder", "expiresAt") VALUES (${name}, ${holder}, ${time.end})
    ON CONFLICT ("name") DO UPDATE SET "holder" = excluded."holder", "expiresAt" = excluded."expiresAt"
    WHERE "Lease"."holder" = excluded."holder" OR "Lease"."expiresAt" <= ${time.now}`
  return count > 0
}

/** Releases a lease if `holder` still has it. */
export async function releaseLease(
  db: Source,
  { name, holder }: { readonly name: string; readonly holder: string },
): Promise<void> {
  await db.prisma.lease.deleteMany({ where: { name, holder } })
}

import type { Source } from './database'
import { Prisma } from '../generated/sqlite/client'

/** Reads one row, if there is any, to see whether the database answers. Throws UNAVAILABLE when it does not. */
export async function pingDatabase(db: Source): Promise<void> {
  await db.read.$queryRaw(Prisma.sql`SELECT "id" FROM "Instance" LIMIT 1`)
}

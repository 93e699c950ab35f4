import type { SqlTransaction } from './database'
import { Prisma } from '../generated/sqlite/client'

/** Tables with settings that two people may save at once. */
export type LockableTable = 'ImmutabilityChange' | 'Instance' | 'Namespace' | 'Repository' | 'Robot' | 'User'

const tables: Record<LockableTable, Prisma.Sql> = {
  ImmutabilityChange: Prisma.sql`"ImmutabilityChange"`,
  Instance: Prisma.sql`"Instance"`,
  Namespace: Prisma.sql`"Namespace"`,
  Repository: Prisma.sql`"Repository"`,
  Robot: Prisma.sql`"Robot"`,
  User: Prisma.sql`"User"`,
}

/**
 * Locks a row, if it is there, until the transaction ends: no other transaction changes it between a read and a later
 * write of this one. SQLite's transactions hold the write lock from their start.
 */
export async function lockRow(tx: SqlTransaction, table: LockableTable, id: string): Promise<void> {
  if (tx.provider === 'sqlite') return
  await tx.$queryRaw`SELECT 1 FROM ${tables[table]} WHERE "id" = ${id} FOR UPDATE`
}

/** Makes transactions that take the same name run one after the other, for what has no row yet to lock. */
export async function lockName(tx: SqlTransaction, name: string): Promise<void> {
  if (tx.provider === 'sqlite') return
  await tx.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))) AS taken`
}

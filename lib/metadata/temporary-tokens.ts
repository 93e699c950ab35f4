import type { Source, Transaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Slice, inOrder } from './engine/listing'

/** A temporary token as stored, without its hash. */
export interface TemporaryTokenRow {
  readonly id: string
  readonly userId: string
  readonly instanceId: string
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly revokedAt: Date | null
  readonly lastUsedAt: Date | null
}

/** Whose temporary tokens, and for which instance. */
export interface TemporaryTokenOwner {
  readonly userId: string
  readonly instanceId: string
}

const columns = Prisma.sql`"id", "userId", "instanceId", "createdAt", "expiresAt", "revokedAt", "lastUsedAt"`

/** The owner's temporary token of that id, or null. */
export async function findTemporaryToken(
  db: Source,
  { userId, instanceId }: TemporaryTokenOwner,
  id: string,
): Promise<TemporaryTokenRow | null> {
  return db.prisma.temporaryToken.findFirst({ where: { id, userId, instanceId }, omit: { tokenHash: true } })
}

/** The owner's temporary tokens by when they were made, expired and revoked ones too. */
export async function listTemporaryTokens(
  db: Source,
  { userId, instanceId }: TemporaryTokenOwner,
  slice: Slice,
): Promise<TemporaryTokenRow[]> {
  return db.read.$queryRaw<TemporaryTokenRow[]>`
    SELECT ${columns} FROM "TemporaryToken" WHERE "userId" = ${userId} AND "instanceId" = ${instanceId}
    ${inOrder(Prisma.sql`"createdAt"`, Prisma.sql`"id"`, slice)}`
}

/** How many temporary tokens the owner has; with `aliveAt`, how many of them work at that time. */
export async function countTemporaryTokens(
  db: Source,
  { userId, instanceId }: TemporaryTokenOwner,
  aliveAt?: Date,
): Promise<number> {
  const alive = aliveAt === undefined ? {} : { expiresAt: { gt: aliveAt }, revokedAt: null }
  return db.prisma.temporaryToken.count({ where: { userId, instanceId, ...alive } })
}

/** Adds a temporary token. */
export async function insertTemporaryToken(
  tx: Transaction,
  token: Omit<TemporaryTokenRow, 'revokedAt' | 'lastUsedAt'> & { readonly tokenHash: string },
): Promise<void> {
  await tx.prisma.temporaryToken.create({ data: token })
}

/**
 * Revokes a temporary token; returns whether it was in force until now. The row stays, so that a refusal can say why.
 */
export async function revokeTemporaryToken(tx: Transaction, id: string, revokedAt: Date): Promise<boolean> {
  const { count } = await tx.prisma.temporaryToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt } })
  return count > 0
}

/** Removes the temporary tokens that expired before `time`. */
export async function deleteTemporaryTokensExpiredBefore(tx: Transaction, time: Date): Promise<void> {
  await tx.prisma.temporaryToken.deleteMany({ where: { expiresAt: { lt: time } } })
}

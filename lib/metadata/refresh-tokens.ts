import type { SqlSource, SqlTransaction, Transaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'

/** What refresh tokens stand for: a user at an instance, a robot, or a temporary token. */
export type RefreshTokenBearer =
  | { readonly userId: string; readonly instanceId: string }
  | { readonly robotId: string }
  | { readonly temporaryTokenId: string }

/** Ends all refresh tokens of a bearer: their holders must log on again. */
export async function deleteRefreshTokens(tx: Transaction, bearer: RefreshTokenBearer): Promise<void> {
  await tx.prisma.refreshToken.deleteMany({ where: bearer })
}

/** Ends all refresh tokens of a user: at every instance, and those of their temporary tokens. */
export async function deleteRefreshTokensOfUser(tx: Transaction, userId: string): Promise<void> {
  await tx.prisma.refreshToken.deleteMany({ where: { OR: [{ userId }, { temporaryToken: { userId } }] } })
}

/** A refresh token as stored: exactly one of the three says what it stands for. */
export interface RefreshTokenRow {
  readonly instanceId: string
  readonly userId: string | null
  readonly robotId: string | null
  readonly temporaryTokenId: string | null
  /** Precise to the day; null until the first use. */
  readonly lastUsedAt: Date | null
  readonly expiresAt: Date
}

/** A refresh token to be stored. */
export interface NewRefreshToken {
  readonly tokenHash: string
  readonly instanceId: string
  /** A text that tells clients and machines apart. */
  readonly client: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** How many refresh tokens are kept. */
export interface RefreshTokenLimits {
  /** Of one client of one bearer: many machines may have one address. */
  readonly perClient: number
  /** Of one bearer. */
  readonly perBearer: number
}

/** What a client logged on with when it asked for a refresh token: the secret's hash, or a temporary token's id. */
export type RefreshTokenSource =
  | { readonly userId: string; readonly passwordHash: string }
  | { readonly robotId: string; readonly secretHash: string }
  | { readonly temporaryTokenId: string }

/**
 * Adds a refresh token if the secret that the client logged on with is still the stored one; returns whether it is.
 * When the client or the bearer then has too many, deletes others of it: first those that were never used, oldest
 * first, then those unused for longest.
 *
 * The secret's row is locked until the transaction ends, so a change of the secret either comes first or finds this
 * token and ends it, and tokens of one bearer are made one after the other.
 */
export async function insertRefreshToken(
  tx: SqlTransaction,
  source: RefreshTokenSource,
  token: NewRefreshToken,
  limits: RefreshTokenLimits,
): Promise<boolean> {
  const { instanceId, client } = token
  const lock = tx.provider === 'sqlite' ? Prisma.empty : Prisma.sql`FOR NO KEY UPDATE`
  const rows =
    'userId' in source
      ? await tx.$queryRaw<unknown[]>`
          SELECT 1 FROM "RegistryPassword" WHERE "userId" = ${source.userId} AND "instanceId" = ${instanceId}
            AND "passwordHash" = ${source.passwordHash} ${lock}`
      : 'robotId' in source
        ? await tx.$queryRaw<unknown[]>`
            SELECT 1 FROM "Robot" WHERE "id" = ${source.robotId} AND "secretHash" = ${source.secretHash}
              AND NOT "isDisabled" ${lock}`
        : await tx.$queryRaw<unknown[]>`
            SELECT 1 FROM "TemporaryToken" WHERE "id" = ${source.temporaryTokenId} AND "revokedAt" IS NULL ${lock}`
  if (rows.length === 0) return false
  const { userId = null, robotId = null, temporaryTokenId = null } = source as Partial<RefreshTokenRow>
  await tx.$executeRaw`
    INSERT INTO "RefreshToken" ("tokenHash", "instanceId", "userId", "robotId", "temporaryTokenId", "client",
      "createdAt", "expiresAt")
    VALUES (${token.tokenHash}, ${instanceId}, ${userId}, ${robotId}, ${temporaryTokenId}, ${client},
      ${token.createdAt}, ${token.expiresAt})`
  const ofBearer =
    userId !== null
      ? Prisma.sql`"userId" = ${userId} AND "instanceId" = ${instanceId}`
      : robotId !== null
        ? Prisma.sql`"robotId" = ${robotId}`
        : Prisma.sql`"temporaryTokenId" = ${temporaryTokenId}`
  await deleteBeyond(tx, Prisma.sql`${ofBearer} AND "client" = ${client}`, limits.perClient, token.tokenHash)
  await deleteBeyond(tx, ofBearer, limits.perBearer, token.tokenHash)
  return true
}

async function deleteBeyond(tx: SqlTransaction, filter: Prisma.Sql, max: number, kept: string): Promise<void> {
  const [found] = await tx.$queryRaw<{ count: number | bigint }[]>`
    SELECT COUNT(*) AS "count" FROM "RefreshToken" WHERE ${filter}`
  const excess = Number(found?.count ?? 0) - max
  if (excess <= 0) return
  await tx.$executeRaw`
    DELETE FROM "RefreshToken" WHERE "tokenHash" IN (
      SELECT "tokenHash" FROM "RefreshToken" WHERE ${filter} AND "tokenHash" <> ${kept}
      ORDER BY "lastUsedAt" IS NOT NULL, "lastUsedAt", "createdAt", "tokenHash" LIMIT ${excess})`
}

/** The refresh token with that hash, expired or not; or null. */
export async function findRefreshToken(source: SqlSource, tokenHash: string): Promise<RefreshTokenRow | null> {
  const [row] = await source.read.$queryRaw<RefreshTokenRow[]>`
    SELECT "instanceId", "userId", "robotId", "temporaryTokenId", "lastUsedAt", "expiresAt"
    FROM "RefreshToken" WHERE "tokenHash" = ${tokenHash}`
  return row ?? null
}

/** Stores when a refresh token was used, and until when it lasts now. Nothing happens when it has ended. */
export async function noteRefreshTokenUse(
  tx: SqlTransaction,
  tokenHash: string,
  { lastUsedAt, expiresAt }: Pick<NewRefreshToken, 'expiresAt'> & { readonly lastUsedAt: Date },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE "RefreshToken" SET "lastUsedAt" = ${lastUsedAt}, "expiresAt" = ${expiresAt}
    WHERE "tokenHash" = ${tokenHash}`
}

/** Removes the refresh tokens that expired before `time`. */
export async function deleteRefreshTokensExpiredBefore(tx: SqlTransaction, time: Date): Promise<void> {
  await tx.$executeRaw`DELETE FROM "RefreshToken" WHERE "expiresAt" < ${time}`
}

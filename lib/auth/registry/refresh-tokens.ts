import {
  deleteRefreshTokensExpiredBefore,
  findRefreshToken,
  insertRefreshToken,
  prolongRefreshToken,
} from '@/lib/metadata/refresh-tokens'
import { AppError } from '@/lib/domain/errors'
import { createSecret } from '@/lib/domain/random-secret'
import type { Context } from '@/lib/context'
import { type RegistryCredential, proveRefreshToken } from './registry-credentials'
import type { Origin } from '@/lib/domain/principal'
import { hashToken } from '@/lib/secrets/token-hash'

const dayMs = 24 * 60 * 60 * 1000

/** How long a refresh token stays valid after its last use, which is stored at most once a day. */
const lifetimeMs = 30 * dayMs

/**
 * Creates a refresh token for a credential that was just proven; the client keeps it instead of the credential
 * (`access_type=offline`). It ends when the credential ends or its secret changes. Throws UNAUTHORIZED when that happened in
 * the meantime.
 */
export async function createRefreshToken(
  ctx: Context,
  instanceId: string,
  { source, endsAt }: RegistryCredential,
): Promise<string> {
  const token = createSecret()
  const createdAt = new Date()
  const stored = { tokenHash: hashToken(token), instanceId, createdAt, expiresAt: expiryFrom(createdAt, endsAt) }
  const isStored = await ctx.db.sqlTransaction((tx) => insertRefreshToken(tx, source, stored))
  if (!isStored) throw new AppError('UNAUTHORIZED', { message: 'the credential has changed: log on again' })
  await ctx.db.sqlTransaction((tx) => deleteRefreshTokensExpiredBefore(tx, createdAt))
  return token
}

/**
 * Returns the credential that a refresh token stands for, and prolongs the token. Throws as `proveRefreshToken` does.
 */
export async function redeemRefreshToken(
  ctx: Context,
  instanceId: string | null,
  token: string,
  origin: Origin,
): Promise<RegistryCredential> {
  const tokenHash = hashToken(token)
  const row = await findRefreshToken(ctx.db, tokenHash)
  const proven = await proveRefreshToken(ctx, instanceId, { token, row }, origin)
  const expiresAt = expiryFrom(new Date(), proven.endsAt)
  if (row !== null && expiresAt.getTime() - row.expiresAt.getTime() > dayMs) {
    await ctx.db.sqlTransaction((tx) => prolongRefreshToken(tx, tokenHash, expiresAt))
  }
  return proven
}

function expiryFrom(time: Date, endsAt: Date | null): Date {
  return new Date(Math.min(time.getTime() + lifetimeMs, endsAt?.getTime() ?? Infinity))
}

import { hash } from 'node:crypto'
import { addressGroup } from '@/lib/auth/guessing/address-group'
import {
  type RefreshTokenLimits,
  type RefreshTokenRow,
  deleteRefreshTokensExpiredBefore,
  findRefreshToken,
  insertRefreshToken,
  noteRefreshTokenUse,
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
 * Tokens end by time; the limits only keep a client that asks again and again from filling the disk. All machines
 * behind one address count as one client, so it may have many.
 */
const limits: RefreshTokenLimits = { perClient: 250, perBearer: 10_000 }

/**
 * Creates a refresh token for a credential that was just proven; the client keeps it instead of the credential
 * (`access_type=offline`). It ends after 30 days without use, when the credential ends, and when its secret changes.
 * `clientId` is what the client calls itself. Throws UNAUTHORIZED when the secret was changed in the meantime.
 */
export async function createRefreshToken(
  ctx: Context,
  instanceId: string,
  { source, endsAt }: RegistryCredential,
  { clientId, address }: { readonly clientId: string; readonly address: string },
): Promise<string> {
  const token = createSecret()
  const createdAt = new Date()
  const client = hash('sha256', `${addressGroup(address)} ${clientId}`, 'base64url')
  const expiresAt = expiryFrom(createdAt, endsAt)
  const stored = { tokenHash: hashToken(token), instanceId, client, createdAt, expiresAt }
  const isStored = await ctx.db.sqlTransaction((tx) => insertRefreshToken(tx, source, stored, limits))
  if (!isStored) throw new AppError('UNAUTHORIZED', { message: 'the credential has changed: log on again' })
  await ctx.db.sqlTransaction((tx) => deleteRefreshTokensExpiredBefore(tx, createdAt))
  return token
}

/**
 * Returns the credential that a refresh token stands for, and prolongs the token; the token is not replaced. Throws as
 * `proveRefreshToken` does.
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
  if (row !== null) await noteUse(ctx, { tokenHash, ...row }, proven.endsAt)
  return proven
}

async function noteUse(
  ctx: Context,
  { tokenHash, lastUsedAt, expiresAt }: Pick<RefreshTokenRow, 'lastUsedAt' | 'expiresAt'> & { tokenHash: string },
  endsAt: Date | null,
): Promise<void> {
  const now = new Date()
  const next = expiryFrom(now, endsAt)
  const isDue = next.getTime() - expiresAt.getTime() > dayMs
  if (!isDue && lastUsedAt !== null && now.getTime() - lastUsedAt.getTime() <= dayMs) return
  const use = { lastUsedAt: now, expiresAt: isDue ? next : expiresAt }
  try {
    await ctx.db.sqlTransaction((tx) => noteRefreshTokenUse(tx, tokenHash, use))
  } catch (err) {
    // A registry with a full disk still serves pulls.
    ctx.log.warn({ err }, 'the use of a refresh token was not noted')
  }
}

function expiryFrom(time: Date, endsAt: Date | null): Date {
  return new Date(Math.min(time.getTime() + lifetimeMs, endsAt?.getTime() ?? Infinity))
}

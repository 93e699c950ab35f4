import type { TemporaryTokenRow } from '@/lib/metadata/temporary-tokens'

/** A temporary token as the console and the API show it. Times are UTC, ISO 8601. */
export interface TemporaryTokenDetails {
  readonly id: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly revokedAt: string | null
  readonly lastUsedAt: string | null
}

/** Returns the details of a temporary token. */
export function toTemporaryTokenDetails(row: TemporaryTokenRow): TemporaryTokenDetails {
  return {
    id: row.id,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  }
}

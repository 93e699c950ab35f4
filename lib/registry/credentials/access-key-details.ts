import { AppError } from '@/lib/domain/errors'
import { type AccessKeyRow, findAccessKey } from '@/lib/metadata/access-keys'
import type { Source } from '@/lib/metadata/engine/database'

/** An access key as the console and the API show it. Times are UTC, ISO 8601. */
export interface AccessKeyDetails {
  readonly id: string
  readonly isDisabled: boolean
  readonly createdAt: string
  readonly lastUsedAt: string | null
}

/** Selects an access key: the principal's own, or, for an administrator, one of the user `userId`. */
export interface AccessKeyOfUser {
  readonly userId?: string
  readonly accessKeyId: string
}

/** Returns the user's access key. Throws NOT_FOUND, also for another user's key. */
export async function requireAccessKey(db: Source, userId: string, accessKeyId: string): Promise<AccessKeyRow> {
  const key = await findAccessKey(db, userId, accessKeyId)
  if (key === null) throw new AppError('NOT_FOUND')
  return key
}

/** Returns the details of an access key. */
export function toAccessKeyDetails({ id, isDisabled, createdAt, lastUsedAt }: AccessKeyRow): AccessKeyDetails {
  return { id, isDisabled, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null }
}

import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { unlinkBlob } from '@/lib/metadata/blobs'
import { sqlTransaction } from '@/lib/metadata/engine/database'
import { type RepositoryForTraffic, lockRepositoryExclusively } from '@/lib/metadata/repositories'
import { assertUnprotected } from './assert-unprotected'
import type { Context } from '@/lib/context'

/**
 * Takes a blob out of the repository; its bytes stay for others. Throws BLOB_UNKNOWN, and CONTENT_PROTECTED naming the
 * tags when a protected tag reaches it.
 */
export async function deleteBlob(ctx: Context, repository: RepositoryForTraffic, digest: Digest): Promise<void> {
  await sqlTransaction(ctx.db, async (tx) => {
    const locked = await lockRepositoryExclusively(tx, repository.id)
    if (locked === null) throw new AppError('NAME_UNKNOWN')
    await assertUnprotected(tx, locked, digest, 'CONTENT_PROTECTED')
    if (!(await unlinkBlob(tx, locked.id, digest))) throw new AppError('BLOB_UNKNOWN', { detail: { digest } })
  })
}

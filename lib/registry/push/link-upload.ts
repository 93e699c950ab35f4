import { AppError } from '@/lib/domain/errors'
import { linkBlob } from '@/lib/metadata/blobs'
import { lockRepository } from '@/lib/metadata/repositories'
import { type FinishedUpload, closeUpload } from '@/lib/metadata/uploads'
import type { Context } from '@/lib/context'

/**
 * Links the stored bytes of an upload to its repository, and ends the upload. Throws NAME_UNKNOWN when the repository is
 * gone, and UNAVAILABLE when the bytes are. In a process that only reads, `ctx.linkUpload` has another one do this.
 */
export async function linkUpload(
  ctx: Pick<Context, 'db' | 'blobs'>,
  { id, repositoryId, digest, sizeBytes }: FinishedUpload,
): Promise<void> {
  await ctx.db.sqlTransaction(async (tx) => {
    if ((await lockRepository(tx, repositoryId)) === null) throw new AppError('NAME_UNKNOWN')
    await linkBlob(tx, repositoryId, { digest, sizeBytes, arePushed: true, now: new Date() })
    // The row is locked now, so garbage collection cannot delete the bytes (collect-garbage.ts).
    if ((await ctx.blobs.stat(digest, tx)) !== sizeBytes) throw new AppError('UNAVAILABLE', { detail: { digest } })
    await closeUpload(tx, repositoryId, id)
  })
}

import type { Principal } from '@/lib/domain/principal'
import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { linkBlob } from '@/lib/metadata/blobs'
import { lockRepository } from '@/lib/metadata/repositories'
import { deleteUpload } from '@/lib/metadata/uploads'
import type { Context } from '@/lib/context'
import { type OpenedRepository, assertOpened } from '@/lib/registry/traffic/opened-repository'
import { getUploadSize } from './continue-upload'
import { withUploadLocked } from './upload-lock'

/**
 * Makes an upload a blob of the repository. Throws BLOB_UPLOAD_UNKNOWN, and DIGEST_INVALID, which keeps the upload;
 * UNAVAILABLE when garbage collection took bytes that were there already just before they were needed again: then the
 * upload is gone, and the client pushes once more.
 *
 * Bytes before rows: a crash in between leaves bytes that nothing speaks of, never a row without bytes.
 */
export async function finishUpload(
  ctx: Context,
  principal: Principal,
  repository: OpenedRepository,
  id: string,
  digest: Digest,
): Promise<void> {
  assertOpened(repository, principal, 'push')
  const sizeBytes = await withUploadLocked(ctx, id, async () => {
    await getUploadSize(ctx, principal, repository, id)
    return ctx.blobs.commit(id, digest)
  })
  await ctx.db.sqlTransaction(async (tx) => {
    if ((await lockRepository(tx, repository.id)) === null) throw new AppError('NAME_UNKNOWN')
    await linkBlob(tx, repository.id, { digest, sizeBytes, now: new Date() })
    // The row is locked now, so what is there stays there (collect-garbage.ts).
    if ((await ctx.blobs.stat(digest)) !== sizeBytes) throw new AppError('UNAVAILABLE', { detail: { digest } })
    await deleteUpload(tx, repository.id, id)
  })
}

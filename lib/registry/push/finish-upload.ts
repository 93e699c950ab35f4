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
 * Turns an upload into a blob of the repository. Throws BLOB_UPLOAD_UNKNOWN; DIGEST_INVALID and STORAGE_FULL, which keep the upload;
 * and UNAVAILABLE when garbage collection deleted already stored bytes of the same digest just before they were linked:
 * then the upload is gone, and the client pushes again.
 *
 * Bytes before rows: a crash in between leaves bytes that no row refers to, never a row without bytes.
 */
export async function finishUpload(
  ctx: Context,
  principal: Principal,
  repository: OpenedRepository,
  id: string,
  digest: Digest,
): Promise<void> {
  assertOpened(repository, principal, 'push')
  ctx.reserve.assertRoomForContent()
  const sizeBytes = await withUploadLocked(ctx, id, async () => {
    await getUploadSize(ctx, principal, repository, id)
    return ctx.blobs.commit(id, digest)
  })
  await ctx.db.sqlTransaction(async (tx) => {
    if ((await lockRepository(tx, repository.id)) === null) throw new AppError('NAME_UNKNOWN')
    await linkBlob(tx, repository.id, { digest, sizeBytes, arePushed: true, now: new Date() })
    // The row is locked now, so garbage collection cannot delete the bytes (collect-garbage.ts).
    if ((await ctx.blobs.stat(digest)) !== sizeBytes) throw new AppError('UNAVAILABLE', { detail: { digest } })
    await deleteUpload(tx, repository.id, id)
  })
}

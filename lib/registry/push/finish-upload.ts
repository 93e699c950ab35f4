import type { Principal } from '@/lib/domain/principal'
import type { Digest } from '@/lib/domain/digest'
import type { Context } from '@/lib/context'
import { type OpenedRepository, assertOpened } from '@/lib/registry/traffic/opened-repository'
import { assertUpload } from './assert-upload'
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
    await assertUpload(ctx, repository, id)
    return ctx.blobs.commit(id, digest)
  })
  await ctx.linkUpload({ id, repositoryId: repository.id, digest, sizeBytes })
}

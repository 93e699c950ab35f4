import type { Digest } from '@/lib/domain/digest'
import { linkBlob } from '@/lib/metadata/blobs'
import { transaction } from '@/lib/metadata/database'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'
import { deleteUpload } from '@/lib/metadata/uploads'
import type { Context } from './context'
import { getUploadSize } from './continue-upload'

/**
 * Makes an upload a blob of the repository. Throws BLOB_UPLOAD_UNKNOWN, and DIGEST_INVALID, which keeps the upload.
 *
 * Bytes before rows: a crash in between leaves bytes that nothing speaks of, never a row without bytes.
 */
export async function finishUpload(
  ctx: Context,
  repository: RepositoryForTraffic,
  id: string,
  digest: Digest,
): Promise<void> {
  await getUploadSize(ctx, repository, id)
  const sizeBytes = await ctx.blobs.commit(id, digest)
  await transaction(ctx.db, async (tx) => {
    await linkBlob(tx, repository.id, { digest, sizeBytes })
    await deleteUpload(tx, repository.id, id)
  })
}

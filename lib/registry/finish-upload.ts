import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { linkBlob } from '@/lib/metadata/blobs'
import { sqlTransaction } from '@/lib/metadata/database'
import { type RepositoryForTraffic, lockRepository } from '@/lib/metadata/repositories'
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
  await sqlTransaction(ctx.db, async (tx) => {
    if ((await lockRepository(tx, repository.id)) === null) throw new AppError('NAME_UNKNOWN')
    await linkBlob(tx, repository.id, { digest, sizeBytes, now: new Date() })
    await deleteUpload(tx, repository.id, id)
  })
}

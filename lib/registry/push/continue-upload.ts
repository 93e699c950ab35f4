import { AppError } from '@/lib/domain/errors'
import { deleteUpload, hasUpload } from '@/lib/metadata/uploads'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'
import type { Context } from '@/lib/context'

/** How many bytes an upload of the repository has. Throws BLOB_UPLOAD_UNKNOWN. */
export async function getUploadSize(ctx: Context, repository: RepositoryForTraffic, id: string): Promise<number> {
  const size = (await hasUpload(ctx.db, repository.id, id)) ? await ctx.blobs.uploadSize(id) : null
  if (size === null) throw new AppError('BLOB_UPLOAD_UNKNOWN', { detail: { upload: id.slice(0, 64) } })
  return size
}

/**
 * Appends to an upload and answers its new size. Without `offset` the body follows what is there; with one, it must be
 * the upload's size (RANGE_INVALID). What arrived before a failure stays, so that the client can go on from there.
 */
export async function appendToUpload(
  ctx: Context,
  repository: RepositoryForTraffic,
  id: string,
  body: AsyncIterable<Uint8Array>,
  offset?: number,
): Promise<number> {
  return withUploadLocked(ctx, id, async () => {
    const size = await getUploadSize(ctx, repository, id)
    return ctx.blobs.append(id, offset ?? size, body)
  })
}

/** Runs `work` while no other process over the same data writes to the upload. Throws UPLOAD_BUSY when one does. */
export async function withUploadLocked<T>(ctx: Context, id: string, work: () => Promise<T>): Promise<T> {
  const lock = await ctx.db.tryLock(`upload ${id}`)
  if (lock === null) throw new AppError('UPLOAD_BUSY', { detail: { upload: id.slice(0, 64) } })
  let result
  try {
    result = await work()
  } catch (error) {
    await lock.release().catch(() => undefined)
    throw error
  }
  await lock.release()
  return result
}

/** Drops an upload and what it has. Throws BLOB_UPLOAD_UNKNOWN. */
export async function cancelUpload(ctx: Context, repository: RepositoryForTraffic, id: string): Promise<void> {
  if (!(await ctx.db.sqlTransaction((tx) => deleteUpload(tx, repository.id, id)))) {
    throw new AppError('BLOB_UPLOAD_UNKNOWN', { detail: { upload: id.slice(0, 64) } })
  }
  await ctx.blobs.abort(id)
}

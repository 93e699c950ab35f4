import type { Principal } from '@/lib/domain/principal'
import { deleteUpload } from '@/lib/metadata/uploads'
import type { Context } from '@/lib/context'
import { type OpenedRepository, assertOpened } from '@/lib/registry/traffic/opened-repository'
import { assertUpload, uploadUnknown } from './assert-upload'
import { withUploadLocked } from './upload-lock'
import { whileThereIsRoom } from './while-there-is-room'

/** Returns how many bytes an upload of the repository has. Throws BLOB_UPLOAD_UNKNOWN. */
export async function getUploadSize(
  ctx: Context,
  principal: Principal,
  repository: OpenedRepository,
  id: string,
): Promise<number> {
  assertOpened(repository, principal, 'push')
  await assertUpload(ctx, repository, id)
  const size = await ctx.blobs.uploadSize(id)
  if (size === null) throw uploadUnknown(id)
  return size
}

/**
 * Appends to an upload and returns its new size. `offset`, unless null, must be the upload's current size (RANGE_INVALID).
 * Bytes that arrived before a failure are kept, so that the client can continue from there. Throws STORAGE_FULL while
 * the disk is full.
 */
export async function appendToUpload(
  ctx: Context,
  principal: Principal,
  repository: OpenedRepository,
  id: string,
  body: AsyncIterable<readonly Uint8Array[]>,
  offset: number | null,
): Promise<number> {
  assertOpened(repository, principal, 'push')
  ctx.reserve.assertRoomForContent()
  return withUploadLocked(ctx, id, async () => {
    await assertUpload(ctx, repository, id)
    return ctx.blobs.append(id, offset, whileThereIsRoom(ctx, body))
  })
}

/** Deletes an upload and its bytes. Throws BLOB_UPLOAD_UNKNOWN. */
export async function cancelUpload(
  ctx: Context,
  principal: Principal,
  repository: OpenedRepository,
  id: string,
): Promise<void> {
  assertOpened(repository, principal, 'push')
  if (!(await ctx.db.sqlTransaction((tx) => deleteUpload(tx, repository.id, id)))) {
    throw uploadUnknown(id)
  }
  await ctx.blobs.abort(id)
}

import type { Context } from '@/lib/context'
import type { Principal } from '@/lib/domain/principal'
import { deleteTag } from './delete-tag'
import { type DeletionEffect, findDeletionEffect } from './deletion-effect'

/** What the deletion of a tag leaves behind. */
interface DeletedTag {
  /** Null when other tags still reach the manifest. */
  readonly untaggedManifest: DeletionEffect | null
}

/**
 * Deletes a tag as `deleteTag` does, and returns what garbage collection frees now. That is read after the deletion: in a
 * large repository it takes longer than a transaction may keep pushes waiting.
 */
export async function deleteTagWithEffect(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  name: string,
  options: Parameters<typeof deleteTag>[4],
): Promise<DeletedTag | null> {
  const tag = await deleteTag(ctx, principal, repositoryId, name, options)
  if (tag === null) return null
  // A tag of the same name is a new one, and counts.
  const gone = { name: '', digest: tag.digest }
  return { untaggedManifest: await findDeletionEffect(ctx.db, repositoryId, gone, new Date()) }
}

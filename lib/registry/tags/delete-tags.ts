import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import { authorize } from '@/lib/registry/authorize'
import { deleteTag } from './delete-tag'

/** What a deletion of several tags did. */
interface DeletedTags {
  readonly deletedCount: number
  /** The tags that are still there because the policy protects them. */
  readonly protectedTags: string[]
  /** The tags that were not there any more. */
  readonly absentTags: string[]
}

/**
 * Deletes tags one after the other, each as `deleteTag` does and in a transaction of its own: what is done when this
 * fails stays done, and the same request again does the rest. Protected ones are left out, unless an administrator gives
 * a reason. Throws NOT_FOUND for the repository.
 */
export async function deleteTags(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  { names, reason }: { readonly names: readonly string[]; readonly reason?: string | undefined },
): Promise<DeletedTags> {
  await authorize(ctx, principal, 'manage', { repositoryId })
  let deletedCount = 0
  const protectedTags: string[] = []
  const absentTags: string[] = []
  for (const name of new Set(names)) {
    try {
      const deleted = await deleteTag(ctx, principal, repositoryId, name, { reason })
      if (deleted === null) absentTags.push(name)
      else deletedCount += 1
    } catch (error) {
      const isLeftOut = AppError.is(error) && (error.code === 'TAG_UNDELETABLE' || error.code === 'DENIED')
      if (!isLeftOut) throw error
      // It is not the permission that is missing: that is asked for at the start, and again for each tag.
      await authorize(ctx, principal, 'manage', { repositoryId })
      protectedTags.push(name)
    }
  }
  return { deletedCount, protectedTags, absentTags }
}

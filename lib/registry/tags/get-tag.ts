import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { getPullsOfTags } from '@/lib/metadata/pull-counts'
import { findTagDetails } from '@/lib/metadata/tag-listing'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { requireRepository } from '@/lib/registry/repositories/repository-details'
import { type DeletionEffect, findDeletionEffect } from './deletion-effect'
import { type TagDetails, listOpen, toTagDetails } from './tag-details'
import type { Versioned } from '@/lib/registry/versions'

/**
 * Returns a tag, with what its deletion would free; its version is the digest it points at. Throws NOT_FOUND for the
 * tag or the repository.
 */
export async function getTag(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  name: string,
): Promise<Versioned<TagDetails & { readonly ifDeleted: DeletionEffect | null }>> {
  await authorize(ctx, principal, 'pull', { repositoryId })
  const repository = await requireRepository(ctx.db, repositoryId)
  const row = await findTagDetails(ctx.db, repositoryId, name)
  if (row === null) throw new AppError('NOT_FOUND')
  const ifDeleted = await findDeletionEffect(ctx.db, repositoryId, row, new Date())
  const open = await listOpen(ctx.db, repositoryId, new Date())
  const pullsOf = await getPullsOfTags(ctx.db, repositoryId, [name])
  return { value: { ...toTagDetails(repository, row, open, pullsOf(name)), ifDeleted }, version: row.digest }
}

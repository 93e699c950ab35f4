import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { findTag } from '@/lib/metadata/tags'
import type { Context } from '@/lib/context'
import { authorize } from '@/lib/registry/authorize'
import { BoundedReads } from './bounded-reads'
import { type TagSpace, measureTag } from './measure-tag'

/** How many statements one answer may take: some seconds. An index of 10,000 images needs about a third of them. */
const readsMax = 4_000

/**
 * Returns how much room a tag takes: the manifest, what it names at any depth, and its referrers, with what these name;
 * each digest once. A technical tag (`sha256-….sig`) is a tag like any other: what it points at stays without the image,
 * so it is no part of it. A manifest takes room in each repository that has it; a blob once in the whole storage.
 * Throws NOT_FOUND for the tag or the repository.
 */
export async function getTagSpace(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  name: string,
): Promise<TagSpace> {
  await authorize(ctx, principal, 'pull', { repositoryId })
  const tag = await findTag(ctx.db, repositoryId, name)
  if (tag === null) throw new AppError('NOT_FOUND')
  return measureTag(new BoundedReads(ctx.db, readsMax), repositoryId, tag)
}

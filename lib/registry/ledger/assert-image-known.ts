import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { findManifestRow } from '@/lib/metadata/manifest-content'
import { findTagDetails } from '@/lib/metadata/tag-listing'
import type { Context } from '@/lib/context'
import { authorize } from '@/lib/registry/authorize'
import { getTagHistory } from './get-tag-history'

/**
 * Throws NOT_FOUND for a digest that the repository does not have, and for a tag that it does not have and of which the
 * principal may see no history; DENIED for a principal who may not pull.
 */
export async function assertImageKnown(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  { tag, digest }: { readonly tag?: string | undefined; readonly digest?: string | undefined },
): Promise<void> {
  await authorize(ctx, principal, 'pull', { repositoryId })
  if (digest !== undefined && (await findManifestRow(ctx.db, repositoryId, digest)) === null) {
    throw new AppError('NOT_FOUND')
  }
  if (tag === undefined || (await findTagDetails(ctx.db, repositoryId, tag)) !== null) return
  try {
    await getTagHistory(ctx, principal, { repositoryId, tag }, { pageSize: 1, withRefusals: true })
  } catch (error) {
    throw AppError.is(error) && error.code === 'DENIED' ? new AppError('NOT_FOUND') : error
  }
}

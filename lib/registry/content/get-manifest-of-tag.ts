import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { findManifestRow } from '@/lib/metadata/manifest-content'
import { findTag } from '@/lib/metadata/tags'
import type { Context } from '@/lib/context'
import { authorize } from '@/lib/registry/authorize'
import { type ManifestDetails, describeManifest } from './manifest-details'

/**
 * Returns what is inside the manifest that a tag points at, as `getManifestDetails` does. Throws NOT_FOUND for the tag or
 * the repository, UNAVAILABLE when too many large manifests are being read.
 */
export async function getManifestOfTag(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  name: string,
): Promise<ManifestDetails> {
  await authorize(ctx, principal, 'pull', { repositoryId })
  const tag = await findTag(ctx.db, repositoryId, name)
  const row = tag === null ? null : await findManifestRow(ctx.db, repositoryId, tag.digest)
  if (row === null) throw new AppError('NOT_FOUND')
  return describeManifest(ctx, repositoryId, row)
}

import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { findManifestRow } from '@/lib/metadata/manifest-content'
import type { Context } from '@/lib/context'
import { authorize } from '@/lib/registry/authorize'
import { type ManifestDetails, describeManifest } from './manifest-details'

/**
 * Returns what is inside a manifest, at most 1 MiB of JSON: of longer lists the first items. Throws NOT_FOUND for the
 * manifest or the repository, UNAVAILABLE when too many large manifests are being read.
 */
export async function getManifestDetails(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  digest: string,
): Promise<ManifestDetails> {
  await authorize(ctx, principal, 'pull', { repositoryId })
  const row = await findManifestRow(ctx.db, repositoryId, digest)
  if (row === null) throw new AppError('NOT_FOUND')
  return describeManifest(ctx, repositoryId, row)
}

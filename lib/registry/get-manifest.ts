import { isDigest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { isTag } from '@/lib/domain/reference'
import { type StoredManifest, findManifest, findManifestByTag } from '@/lib/metadata/manifests'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'
import type { Context } from './context'

/** The manifest of a tag or digest. Throws MANIFEST_UNKNOWN, also for a reference that can be neither. */
export async function getManifest(
  ctx: Context,
  repository: RepositoryForTraffic,
  reference: string,
): Promise<StoredManifest> {
  const manifest = await findByReference(ctx, repository.id, reference)
  if (manifest === null) throw new AppError('MANIFEST_UNKNOWN', { detail: { reference: reference.slice(0, 160) } })
  return manifest
}

async function findByReference(ctx: Context, repositoryId: string, reference: string): Promise<StoredManifest | null> {
  if (isDigest(reference)) return findManifest(ctx.db, repositoryId, reference)
  return isTag(reference) ? findManifestByTag(ctx.db, repositoryId, reference) : null
}

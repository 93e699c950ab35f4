import type { Principal } from '@/lib/domain/principal'
import { digestAlgorithm, isDigest, parseDigest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { isTag } from '@/lib/domain/reference'
import { type StoredManifest, findManifest, findManifestByTag } from '@/lib/metadata/manifests'
import { digestOf } from '@/lib/storage/hash'
import type { Context } from '@/lib/context'
import { type OpenedRepository, assertOpened } from '@/lib/registry/traffic/opened-repository'

/**
 * Returns the manifest of a tag or digest. Throws MANIFEST_UNKNOWN, also for a reference that is not a valid tag or
 * digest, and for a manifest whose stored bytes no longer match its digest: like a corrupt blob, it is reported as
 * unknown until it is pushed again.
 */
export async function getManifest(
  ctx: Context,
  principal: Principal,
  repository: OpenedRepository,
  reference: string,
): Promise<StoredManifest> {
  assertOpened(repository, principal, 'pull')
  const manifest = await findByReference(ctx, repository.id, reference)
  if (manifest !== null && isIntact(manifest)) return manifest
  if (manifest !== null)
    ctx.log.error({ repository: repository.path, digest: manifest.digest }, 'a manifest is corrupt')
  throw new AppError('MANIFEST_UNKNOWN', { detail: { reference: reference.slice(0, 160) } })
}

function isIntact({ digest, content }: StoredManifest): boolean {
  return digestOf(content, digestAlgorithm(parseDigest(digest))) === digest
}

async function findByReference(ctx: Context, repositoryId: string, reference: string): Promise<StoredManifest | null> {
  if (isDigest(reference)) return findManifest(ctx.db, repositoryId, reference)
  return isTag(reference) ? findManifestByTag(ctx.db, repositoryId, reference) : null
}

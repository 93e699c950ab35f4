import type { Principal } from '@/lib/domain/principal'
import { digestAlgorithm, isDigest, parseDigest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { WriterNeeded } from '@/lib/domain/writer-needed'
import { isTag } from '@/lib/domain/reference'
import {
  type FoundManifest,
  type StoredManifest,
  findManifest,
  findManifestByTag,
  manifestSeenGrainMs,
  markManifestSeen,
} from '@/lib/metadata/manifests'
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
): Promise<StoredManifest | FoundManifest> {
  assertOpened(repository, principal, 'pull')
  const manifest = await findByReference(ctx, repository.id, reference)
  if (manifest !== null && isIntact(manifest)) return manifest
  if (manifest !== null)
    ctx.log.error({ repository: repository.path, digest: manifest.digest }, 'a manifest is corrupt')
  throw new AppError('MANIFEST_UNKNOWN', { detail: { reference: reference.slice(0, 160) } })
}

/**
 * The same for a client that asks whether it must push the manifest (HEAD). It may be about to push an index that
 * refers to it, so garbage collection keeps it as if it had been pushed now.
 */
export async function getManifestForPush(
  ctx: Context,
  principal: Principal,
  repository: OpenedRepository,
  reference: string,
): Promise<StoredManifest> {
  const manifest = await getManifest(ctx, principal, repository, reference)
  if ('seenAt' in manifest) await markSeen(ctx, repository, manifest)
  return manifest
}

async function markSeen(ctx: Context, repository: OpenedRepository, { digest, seenAt }: FoundManifest): Promise<void> {
  const now = new Date()
  // On a full disk nobody can push, and each pull would use a little of the space that is left.
  if (now.getTime() - seenAt.getTime() < manifestSeenGrainMs || ctx.reserve.isLow) return
  if (!ctx.db.mayWrite) throw new WriterNeeded()
  let isThere
  try {
    isThere = await ctx.db.sqlTransaction((tx) => markManifestSeen(tx, { repositoryId: repository.id, digest }, now))
  } catch (err) {
    // The manifest is still there; at worst an index refers to one that was collected.
    ctx.log.warn({ err, digest }, 'a manifest that was asked for could not be marked as seen')
    return
  }
  // Garbage collection removed it after the lookup.
  if (!isThere) throw new AppError('MANIFEST_UNKNOWN', { detail: { reference: digest } })
}

function isIntact({ digest, content }: StoredManifest): boolean {
  return digestOf(content, digestAlgorithm(parseDigest(digest))) === digest
}

async function findByReference(
  ctx: Context,
  repositoryId: string,
  reference: string,
): Promise<StoredManifest | FoundManifest | null> {
  if (isDigest(reference)) return findManifest(ctx.db, repositoryId, reference)
  return isTag(reference) ? findManifestByTag(ctx.db, repositoryId, reference) : null
}

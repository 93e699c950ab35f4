import { insertPlannedRemovals, removePlannedRemovals } from '@/lib/metadata/planned-removals'
import { addToOutbox } from '@/lib/metadata/outbox'
import { lockRepositoryExclusively } from '@/lib/metadata/repositories'
import {
  type CollectedManifest,
  type CollectedRepository,
  type ManifestPosition,
  type RemovedManifest,
  isReachedByHeld,
  listCollectedRepositories,
  listOldManifests,
  removeUnreachedManifests,
} from '@/lib/metadata/untagged'
import { inBatches } from '@/lib/registry/in-batches'
import type { Collection } from './collection'

const dayMs = 24 * 3_600_000

/** How many manifests one transaction removes: few, because pushes to the repository wait. */
const heldManifestsMax = 25

/**
 * Removes manifests that no tag points at, no other manifest names and whose subject is not there, when none of this
 * was true, and nobody pushed or asked for them, for as long as their namespace says. An index goes before its
 * children, and a subject before its referrers. A dry run plans all of them instead
 * (`lib/metadata/planned-removals.ts`).
 */
export async function collectManifests(collection: Collection): Promise<void> {
  const { ctx, isDryRun, giveTurn } = collection
  if (isDryRun) {
    await inBatches(ctx.db, async (tx, rows) => (await removePlannedRemovals(tx, rows)) === rows)
  }
  for (let after = ''; ;) {
    const repositories: CollectedRepository[] = await listCollectedRepositories(ctx.db, after)
    for (const repository of repositories) {
      const days = repository.untaggedRetentionDays
      const cutoff = new Date(Math.min(collection.now - days * dayMs, collection.cutoff.getTime()))
      if (isDryRun) await planRemovals(collection, repository, cutoff)
      else await removeManifests(collection, repository, { cutoff, days })
      await giveTurn()
    }
    after = repositories.at(-1)?.id ?? ''
    if (after === '') return
  }
}

/**
 * Goes through the manifests until nothing is left to remove: each pass frees what the one before reached. To and fro,
 * because an index is mostly newer than its children, and a referrer newer than its subject.
 */
async function removeManifests(
  collection: Collection,
  repository: CollectedRepository,
  limits: { readonly cutoff: Date; readonly days: number },
): Promise<void> {
  for (let descending = true, count = 1; count > 0; descending = !descending) {
    count = 0
    for await (const page of readOldManifests(collection, repository, limits.cutoff, descending)) {
      const unreached = page.filter(({ isHeld, isReached }) => !isHeld && !isReached)
      for (let start = 0; start < unreached.length; start += heldManifestsMax) {
        const digests = unreached.slice(start, start + heldManifestsMax).map(({ digest }) => digest)
        const removed = await removeTogether(collection, repository, digests, limits)
        count += removed.length
        const removedManifestBytes = removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
        await collection.run.count({ removedManifests: removed.length, removedManifestBytes })
      }
    }
  }
}

async function removeTogether(
  { ctx }: Collection,
  { id, path }: CollectedRepository,
  digests: readonly string[],
  limits: { readonly cutoff: Date; readonly days: number },
): Promise<readonly RemovedManifest[]> {
  const removed = await ctx.db.sqlTransaction(async (tx) => {
    const repository = await lockRepositoryExclusively(tx, id)
    if (repository === null) return []
    const manifests = await removeUnreachedManifests(tx, id, digests, limits)
    for (const { digest } of manifests) await addToOutbox(tx, repository, { kind: 'MANIFEST_DELETED', digest })
    return manifests
  })
  if (removed.length > 0) {
    const names = removed.map(({ digest }) => digest)
    ctx.log.info({ repository: path, digests: names }, 'untagged manifests were removed')
  }
  return removed
}

async function planRemovals(collection: Collection, repository: CollectedRepository, cutoff: Date): Promise<void> {
  const { ctx, run, giveTurn } = collection
  for await (const page of readOldManifests(collection, repository, cutoff, true)) {
    const planned: CollectedManifest[] = []
    for (const manifest of page) {
      if (manifest.isHeld) continue
      const stays = manifest.isReached && (await isReachedByHeld(ctx.db, repository.id, manifest.digest, cutoff))
      if (!stays) planned.push(manifest)
      await giveTurn()
    }
    if (planned.length === 0) continue
    const digests = planned.map(({ digest }) => digest)
    await ctx.db.sqlTransaction((tx) => insertPlannedRemovals(tx, repository, run.id, digests))
    const removedManifestBytes = planned.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    await run.count({ removedManifests: planned.length, removedManifestBytes })
  }
}

/**
 * The manifests of a repository that were not seen since the cutoff, in pages; other requests run between two pages.
 */
async function* readOldManifests(
  { ctx, run, giveTurn }: Collection,
  { id }: CollectedRepository,
  cutoff: Date,
  descending: boolean,
): AsyncGenerator<readonly CollectedManifest[]> {
  for (let after: ManifestPosition | null = null; ;) {
    const page: CollectedManifest[] = await listOldManifests(ctx.db, id, cutoff, { after, descending })
    after = page.at(-1) ?? null
    if (after === null) return
    yield page
    await run.count({})
    await giveTurn()
  }
}

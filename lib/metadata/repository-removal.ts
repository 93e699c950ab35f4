import type { Actor } from './audit-events'
import { batchesOf } from './engine/batches'
import type { Transaction } from './engine/database'
import type { TagTarget } from './tags'

/** A repository that is about to be deleted. */
export interface DoomedRepository {
  readonly id: string
  readonly instanceId: string
  readonly path: string
}

/** All tags of a repository, by name. */
export async function listAllTags(tx: Transaction, repositoryId: string): Promise<TagTarget[]> {
  return tx.tag.findMany({
    where: { repositoryId },
    orderBy: { name: 'asc' },
    select: { name: true, digest: true },
  })
}

/** Writes into the ledger that these tags went with their repository. */
export async function recordRemovedTags(
  tx: Transaction,
  repository: DoomedRepository,
  tags: readonly TagTarget[],
  { reason, actor, now }: { readonly reason: string; readonly actor: Actor; readonly now: Date },
): Promise<void> {
  for (const batch of batchesOf(tags)) {
    await tx.tagEvent.createMany({
      data: batch.map((tag) => ({
        instanceId: repository.instanceId,
        repositoryId: repository.id,
        repositoryPath: repository.path,
        tag: tag.name,
        kind: 'DELETED' as const,
        currentDigest: tag.digest,
        reason,
        actor: actor.name,
        credential: actor.credential,
        address: actor.address,
        userAgent: actor.userAgent,
        createdAt: now,
        lastAt: now,
      })),
    })
  }
}

/** Keeps the names of protected tags for the digests they have now, as `buryTag` does for one. */
export async function buryTags(
  tx: Transaction,
  { instanceId, path: repositoryPath }: DoomedRepository,
  tags: readonly TagTarget[],
  { reason, decidedBy }: { readonly reason: string; readonly decidedBy: string },
): Promise<void> {
  for (const batch of batchesOf(tags)) {
    const names = batch.map((tag) => tag.name)
    await tx.tombstone.deleteMany({ where: { instanceId, repositoryPath, tag: { in: names } } })
    await tx.tombstone.createMany({
      data: batch.map(({ name, digest }) => ({
        instanceId,
        repositoryPath,
        tag: name,
        digest,
        reason,
        createdBy: decidedBy,
      })),
    })
  }
}

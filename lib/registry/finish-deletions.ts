import type { Context } from '@/lib/context'
import { isProtected } from '@/lib/domain/immutability'
import type { PeriodicJob } from '@/lib/jobs/job'
import { recordDeletions } from '@/lib/metadata/ledger'
import { addToOutbox } from '@/lib/metadata/outbox'
import {
  type DeletionFilter,
  listDeletions,
  lockDeletedRepository,
  removeDeletedRepository,
  removeRowsOfRepository,
} from '@/lib/metadata/repository-deletions'
import { deleteTagsOfDeleted } from '@/lib/metadata/tags'
import { reserveTagNames } from '@/lib/metadata/tombstones'
import { inBatches } from './in-batches'

/**
 * Removes all that is left of repositories whose deletion was acknowledged: all of them, those of a namespace, or the
 * one of a path. When it returns, their paths are free, and the names of their protected tags are reserved. Several
 * callers at once share the work.
 */
export async function finishDeletions(ctx: Pick<Context, 'db'>, filter: DeletionFilter): Promise<void> {
  for (;;) {
    const ids = await listDeletions(ctx.db, filter)
    if (ids.length === 0) return
    for (const id of ids) await finishDeletion(ctx, id)
  }
}

async function finishDeletion({ db }: Pick<Context, 'db'>, id: string): Promise<void> {
  await inBatches(db, async (tx, rows) => {
    const repository = await lockDeletedRepository(tx, id)
    if (repository === null) return false
    const { deletedBy } = repository
    const reason = ['the repository was deleted', ...(repository.reason === null ? [] : [repository.reason])].join(': ')
    const tags = await deleteTagsOfDeleted(tx, repository, rows)
    const protectedTags = tags.filter(({ name }) => isProtected(repository, name))
    await reserveTagNames(tx, repository, protectedTags, { reason, decidedBy: deletedBy.name })
    await recordDeletions(tx, repository, deletedBy, tags, { reason, now: new Date() })
    if (tags.length > 0 || (await removeRowsOfRepository(tx, id, rows)) > 0) return true
    // Last, so that readers of the outbox learn of the end of each tag before that of the repository.
    await addToOutbox(tx, repository, { kind: 'REPOSITORY_DELETED' })
    await removeDeletedRepository(tx, id)
    return false
  })
}

/** Finishes deletions that the end of a process interrupted. */
export const deletionsJob: PeriodicJob<Context> = {
  name: 'deletion of repositories',
  intervalMs: 60_000,
  also: 'at start',
  work: (ctx) => finishDeletions(ctx, {}),
}

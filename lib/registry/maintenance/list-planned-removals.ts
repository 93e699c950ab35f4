import type { Principal } from '@/lib/domain/principal'
import { countPlannedRemovals, listPlannedRemovals as listRows } from '@/lib/metadata/planned-removals'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'
import { getMaintenanceRun } from './get-maintenance-run'

/** A manifest that a dry run would have removed, as the API shows it. */
export interface PlannedRemovalDetails {
  /** `<namespace>/<name>`. */
  readonly repository: string
  readonly digest: string
  readonly sizeBytes: number
}

/**
 * Returns a page of the manifests that a dry run would have removed, by repository and digest. The next dry run
 * replaces them: the list of an earlier one is empty. Throws NOT_FOUND for the run, PAGE_INVALID.
 */
export async function listPlannedRemovals(
  ctx: Context,
  principal: Principal,
  runId: string,
  request: PageRequest,
): Promise<Page<PlannedRemovalDetails>> {
  authorizeAdministrator(ctx, principal)
  const id = Number((await getMaintenanceRun(ctx, principal, 'GARBAGE_COLLECTION', runId)).id)
  const page = await readPage(
    request,
    { sort: 'repository', descending: false, byTime: false },
    {
      read: (slice) => listRows(ctx.db, id, slice),
      count: () => countPlannedRemovals(ctx.db, id),
      positionOf: ({ repositoryPath, digest }) => ({ key: repositoryPath, tie: digest }),
    },
  )
  const items = page.items.map(({ repositoryPath, digest, totalSizeBytes }) => ({
    repository: repositoryPath,
    digest,
    sizeBytes: Math.min(Number(totalSizeBytes), Number.MAX_SAFE_INTEGER),
  }))
  return { ...page, items }
}

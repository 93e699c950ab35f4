import type { Context } from '@/lib/context'
import type { Principal } from '@/lib/domain/principal'
import { countOpenings, listOpenings as listRows } from '@/lib/metadata/openings'
import { authorize } from '@/lib/registry/authorize'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'
import { type OpeningDetails, describeOpening } from './opening-details'

/**
 * Returns a page of the openings of a repository's tags, the newest first; with `isOpen` those that are open now.
 * Throws NOT_FOUND, PAGE_INVALID.
 */
export async function listOpenings(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  { isOpen = false, ...request }: PageRequest & { readonly isOpen?: boolean | undefined },
): Promise<Page<OpeningDetails>> {
  await authorize(ctx, principal, 'pull', { repositoryId })
  const filter = { repositoryId, isUnclosed: isOpen }
  const page = await readPage(
    request,
    { sort: isOpen ? 'open' : '-opensAt', descending: true, byTime: true },
    {
      read: (slice) => listRows(ctx.db, filter, slice),
      count: () => countOpenings(ctx.db, filter),
      positionOf: ({ opensAt, id }) => ({ key: opensAt, tie: id }),
    },
  )
  const now = new Date()
  const items = page.items.map((row) => describeOpening(row, now))
  // What has just ended, and is not recorded yet, is not open any more.
  return { ...page, items: isOpen ? items.filter((opening) => opening.isOpen) : items }
}

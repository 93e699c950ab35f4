import { countAccessKeys, listAccessKeys as listAccessKeyRows } from '@/lib/metadata/access-keys'
import { type AccessKeyDetails, toAccessKeyDetails } from './access-key-details'
import type { Context } from '@/lib/context'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'

/** Access keys of a user, the oldest first; none for an id that is no user's. Throws PAGE_INVALID. */
export async function listAccessKeys(
  ctx: Context,
  { userId, ...request }: { readonly userId: string } & PageRequest,
): Promise<Page<AccessKeyDetails>> {
  const page = await readPage(
    request,
    { sort: 'createdAt', descending: false, byTime: true },
    {
      read: (slice) => listAccessKeyRows(ctx.db, userId, slice),
      count: () => countAccessKeys(ctx.db, userId),
      positionOf: (row) => ({ key: row.createdAt, tie: row.id }),
    },
  )
  return { ...page, items: page.items.map(toAccessKeyDetails) }
}

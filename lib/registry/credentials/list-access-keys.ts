import type { Principal } from '@/lib/domain/principal'
import { countAccessKeys, listAccessKeys as listAccessKeyRows } from '@/lib/metadata/access-keys'
import { type AccessKeyDetails, toAccessKeyDetails } from './access-key-details'
import { authorizeOwner } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'

/**
 * Lists the principal's own access keys, or, for an administrator, those of the user `userId`, oldest first. The list
 * is empty when the user does not exist. Throws PAGE_INVALID.
 */
export async function listAccessKeys(
  ctx: Context,
  principal: Principal,
  { userId: ofUser, ...request }: { readonly userId?: string } & PageRequest,
): Promise<Page<AccessKeyDetails>> {
  const userId = authorizeOwner(ctx, principal, ofUser)
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

import type { Principal } from '@/lib/domain/principal'
import { countTemporaryTokens, listTemporaryTokens as listTemporaryTokenRows } from '@/lib/metadata/temporary-tokens'
import { authorize, authorizeUser } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'
import { type TemporaryTokenDetails, toTemporaryTokenDetails } from './temporary-token-details'

/** Lists the principal's own temporary tokens for an instance, newest first. Throws PAGE_INVALID. */
export async function listTemporaryTokens(
  ctx: Context,
  principal: Principal,
  { instanceId, ...request }: { readonly instanceId: string } & PageRequest,
): Promise<Page<TemporaryTokenDetails>> {
  authorizeUser(principal)
  await authorize(ctx, principal, 'see', { instanceId })
  const owner = { userId: principal.id, instanceId }
  const page = await readPage(
    request,
    { sort: '-createdAt', descending: true, byTime: true },
    {
      read: (slice) => listTemporaryTokenRows(ctx.db, owner, slice),
      count: () => countTemporaryTokens(ctx.db, owner),
      positionOf: (row) => ({ key: row.createdAt, tie: row.id }),
    },
  )
  return { ...page, items: page.items.map(toTemporaryTokenDetails) }
}

import type { Principal } from '@/lib/domain/principal'
import {
  type GrantSubject,
  type GrantSubjectFilter,
  countGrantSubjects,
  listGrantSubjects as listSubjectRows,
} from '@/lib/metadata/grants'
import type { Context } from '@/lib/context'
import { authorizeGrantScope } from './grant-details'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'

/**
 * Lists the possible subjects of a grant on an instance, a namespace or a repository, by name: users, and robots of the
 * instance. The principal must manage the scope. Throws NOT_FOUND, DENIED, PAGE_INVALID.
 */
export async function listGrantSubjects(
  ctx: Context,
  principal: Principal,
  { scopeId, search, ...request }: Pick<GrantSubjectFilter, 'search'> & PageRequest & { readonly scopeId: string },
): Promise<Page<GrantSubject>> {
  const { instanceId } = await authorizeGrantScope(ctx, principal, scopeId)
  const filter = { instanceId, search }
  return readPage(
    request,
    { sort: 'name', descending: false, byTime: false },
    {
      read: (slice) => listSubjectRows(ctx.db, filter, slice),
      count: () => countGrantSubjects(ctx.db, filter),
      positionOf: (row) => ({ key: row.name, tie: row.id }),
    },
  )
}

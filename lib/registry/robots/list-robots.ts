import type { Principal } from '@/lib/domain/principal'
import { type RobotFilter, countRobots, listRobots as listRobotRows } from '@/lib/metadata/robots'
import { authorize, authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type Page, type PageRequest, readPage } from '@/lib/registry/page'
import { type RobotDetails, describeRobots } from './robot-details'

/** Lists the robots of an instance, or of all instances, by name. Throws PAGE_INVALID. */
export async function listRobots(
  ctx: Context,
  principal: Principal,
  { instanceId, search, ...request }: RobotFilter & PageRequest,
): Promise<Page<RobotDetails>> {
  if (instanceId === undefined) authorizeAdministrator(ctx, principal)
  else await authorize(ctx, principal, 'manage', { instanceId })
  const filter = { instanceId, search }
  const page = await readPage(
    request,
    { sort: 'name', descending: false, byTime: false },
    {
      read: (slice) => listRobotRows(ctx.db, filter, slice),
      count: () => countRobots(ctx.db, filter),
      positionOf: (row) => ({ key: row.name, tie: row.id }),
    },
  )
  return { ...page, items: await describeRobots(ctx.db, page.items) }
}

import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getInstanceSpace } from '@/lib/registry/space/get-instance-space'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getInstanceSpace, async ({ ctx, principal, params, query }) => ({
    body: await getInstanceSpace(ctx, principal, params.instanceId, query.fresh),
  })),
})

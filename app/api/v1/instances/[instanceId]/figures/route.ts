import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getFigures } from '@/lib/registry/figures/get-figures'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getFigures, async ({ ctx, principal, params, query }) => ({
    body: await getFigures(ctx, principal, params.instanceId, query.days),
  })),
})

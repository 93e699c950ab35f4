import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { listRegions } from '@/lib/registry/instances/list-regions'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listRegions, async ({ ctx, principal }) => ({
    body: { items: await listRegions(ctx, principal) },
  })),
})

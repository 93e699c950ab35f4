import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { listRobots } from '@/lib/registry/robots/list-robots'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listAllRobots, async ({ ctx, principal, query }) => ({
    body: await listRobots(ctx, principal, query),
  })),
})

import { created } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { createRobot } from '@/lib/registry/robots/create-robot'
import { listRobots } from '@/lib/registry/robots/list-robots'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listRobots, async ({ ctx, principal, params, query }) => ({
    body: await listRobots(ctx, principal, { ...params, ...query }),
  })),
  POST: route(operations.createRobot, async ({ ctx, principal, params, body }) =>
    created('/robots', await createRobot(ctx, principal, params.instanceId, body)),
  ),
})

import { versioned } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { deleteRobot } from '@/lib/registry/robots/delete-robot'
import { getRobot } from '@/lib/registry/robots/get-robot'
import { updateRobot } from '@/lib/registry/robots/update-robot'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getRobot, async ({ ctx, principal, params }) =>
    versioned(await getRobot(ctx, principal, params.robotId)),
  ),
  PATCH: route(operations.updateRobot, async ({ ctx, principal, params, body, expected }) =>
    versioned(await updateRobot(ctx, principal, params.robotId, body, expected)),
  ),
  DELETE: route(operations.deleteRobot, async ({ ctx, principal, params, expected }) => {
    await deleteRobot(ctx, principal, params.robotId, expected)
    return {}
  }),
})

import { versioned } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { rotateRobotSecret } from '@/lib/registry/robots/rotate-robot-secret'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  POST: route(operations.rotateRobotSecret, async ({ ctx, principal, params }) =>
    versioned(await rotateRobotSecret(ctx, principal, params.robotId)),
  ),
})

import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { resetSecondFactor } from '@/lib/registry/users/reset-second-factor'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  DELETE: route(operations.resetSecondFactor, async ({ ctx, principal, params }) => {
    await resetSecondFactor(ctx, principal, params.userId)
    return {}
  }),
})

import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { closeOpening } from '@/lib/registry/policy/close-opening'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  DELETE: route(operations.closeOpening, async ({ ctx, principal, params }) => {
    await closeOpening(ctx, principal, params.repositoryId, params.openingId)
    return {}
  }),
})

import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getImmutabilityChange } from '@/lib/registry/policy/get-immutability-change'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getImmutabilityChange, async ({ ctx, principal, params }) => ({
    body: await getImmutabilityChange(ctx, principal, params.changeId),
  })),
})

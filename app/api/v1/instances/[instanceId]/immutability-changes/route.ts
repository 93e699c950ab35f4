import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { listImmutabilityChanges } from '@/lib/registry/policy/list-immutability-changes'
import { startImmutabilityChange } from '@/lib/registry/policy/start-immutability-change'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listImmutabilityChanges, async ({ ctx, principal, params, query }) => ({
    body: await listImmutabilityChanges(ctx, principal, { ...params, ...query }),
  })),
  POST: route(operations.createImmutabilityChange, async ({ ctx, principal, params, body }) => {
    const change = await startImmutabilityChange(ctx, principal, params.instanceId, body)
    return { body: change, location: `/api/v1/immutability-changes/${change.id}` }
  }),
})

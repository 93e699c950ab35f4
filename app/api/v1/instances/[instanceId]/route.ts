import { versioned } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { deleteInstance } from '@/lib/registry/instances/delete-instance'
import { getInstance } from '@/lib/registry/instances/get-instance'
import { updateInstance } from '@/lib/registry/instances/update-instance'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getInstance, async ({ ctx, principal, params, host }) =>
    versioned(await getInstance(ctx, principal, params.instanceId, host)),
  ),
  PATCH: route(operations.updateInstance, async ({ ctx, principal, params, body, expected, host }) =>
    versioned(await updateInstance(ctx, principal, params.instanceId, body, expected, host)),
  ),
  DELETE: route(operations.deleteInstance, async ({ ctx, principal, params, expected }) => {
    await deleteInstance(ctx, principal, params.instanceId, expected)
    return {}
  }),
})

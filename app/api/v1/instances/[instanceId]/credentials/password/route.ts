import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { removeRegistryPassword } from '@/lib/registry/credentials/remove-registry-password'
import { setRegistryPassword } from '@/lib/registry/credentials/set-registry-password'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  PUT: route(operations.setRegistryPassword, async ({ ctx, principal, params, body }) => {
    await setRegistryPassword(ctx, principal, params.instanceId, body.password)
    return {}
  }),
  DELETE: route(operations.removeRegistryPassword, async ({ ctx, principal, params }) => {
    await removeRegistryPassword(ctx, principal, params.instanceId)
    return {}
  }),
})

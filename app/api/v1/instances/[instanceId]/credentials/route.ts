import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getRegistryCredentials } from '@/lib/registry/credentials/get-registry-credentials'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getCredentials, async ({ ctx, principal, params, host }) => ({
    body: await getRegistryCredentials(ctx, principal, params.instanceId, host),
  })),
})

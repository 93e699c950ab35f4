import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { listAccessKeys } from '@/lib/registry/credentials/list-access-keys'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listAccessKeysOfUser, async ({ ctx, principal, params, query }) => ({
    body: await listAccessKeys(ctx, principal, { ...params, ...query }),
  })),
})

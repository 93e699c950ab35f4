import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { createAccessKey } from '@/lib/registry/credentials/create-access-key'
import { listAccessKeys } from '@/lib/registry/credentials/list-access-keys'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listAccessKeys, async ({ ctx, principal, query }) => ({
    body: await listAccessKeys(ctx, principal, query),
  })),
  POST: route(operations.createAccessKey, async ({ ctx, principal }) => {
    const made = await createAccessKey(ctx, principal)
    return { body: made, location: `/api/v1/access-keys/${made.id}` }
  }),
})

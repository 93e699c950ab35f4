import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { deleteAccessKey } from '@/lib/registry/credentials/delete-access-key'
import { updateAccessKey } from '@/lib/registry/credentials/update-access-key'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  PATCH: route(operations.updateAccessKey, async ({ ctx, principal, params, body }) => ({
    body: await updateAccessKey(ctx, principal, params, body),
  })),
  DELETE: route(operations.deleteAccessKey, async ({ ctx, principal, params }) => {
    await deleteAccessKey(ctx, principal, params)
    return {}
  }),
})

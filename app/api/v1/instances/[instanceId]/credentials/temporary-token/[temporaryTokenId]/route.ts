import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { revokeTemporaryToken } from '@/lib/registry/credentials/revoke-temporary-token'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  DELETE: route(operations.revokeTemporaryToken, async ({ ctx, principal, params }) => {
    await revokeTemporaryToken(ctx, principal, params)
    return {}
  }),
})

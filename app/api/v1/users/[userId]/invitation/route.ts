import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { renewInvitation } from '@/lib/registry/users/renew-invitation'
import { revokeInvitation } from '@/lib/registry/users/revoke-invitation'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  POST: route(operations.renewInvitation, async ({ ctx, principal, params }) => {
    const made = await renewInvitation(ctx, principal, params.userId)
    return { body: made, location: `/api/v1/users/${made.userId}` }
  }),
  DELETE: route(operations.revokeInvitation, async ({ ctx, principal, params }) => {
    await revokeInvitation(ctx, principal, params.userId)
    return {}
  }),
})

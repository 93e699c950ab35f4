import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { inviteUser } from '@/lib/registry/users/invite-user'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  POST: route(operations.inviteUser, async ({ ctx, principal, body }) => {
    const made = await inviteUser(ctx, principal, body)
    return { body: made, location: `/api/v1/users/${made.userId}` }
  }),
})

import { readInvitation } from '@/lib/auth/console/invitations'
import { originOf } from '@/lib/api/route/authenticate'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  POST: route(operations.readInvitation, async ({ ctx, body, request }) => ({
    body: await readInvitation(ctx, body.token, originOf(request)),
  })),
})

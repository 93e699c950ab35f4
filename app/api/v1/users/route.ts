import { created } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { createUser } from '@/lib/registry/users/create-user'
import { listUsers } from '@/lib/registry/users/list-users'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listUsers, async ({ ctx, principal, query }) => ({
    body: await listUsers(ctx, principal, query),
  })),
  POST: route(operations.createUser, async ({ ctx, principal, body }) =>
    created('/users', await createUser(ctx, principal, body)),
  ),
})

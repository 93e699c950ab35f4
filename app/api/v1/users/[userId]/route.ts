import { versioned } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { deleteUser } from '@/lib/registry/users/delete-user'
import { getUser } from '@/lib/registry/users/get-user'
import { updateUser } from '@/lib/registry/users/update-user'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getUser, async ({ ctx, principal, params }) =>
    versioned(await getUser(ctx, principal, params.userId)),
  ),
  PATCH: route(operations.updateUser, async ({ ctx, principal, params, body, expected }) =>
    versioned(await updateUser(ctx, principal, params.userId, body, expected)),
  ),
  DELETE: route(operations.deleteUser, async ({ ctx, principal, params, expected }) => {
    await deleteUser(ctx, principal, params.userId, expected)
    return {}
  }),
})

import { versioned } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { deleteNamespace } from '@/lib/registry/namespaces/delete-namespace'
import { getNamespace } from '@/lib/registry/namespaces/get-namespace'
import { updateNamespace } from '@/lib/registry/namespaces/update-namespace'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getNamespace, async ({ ctx, principal, params }) =>
    versioned(await getNamespace(ctx, principal, params.namespaceId)),
  ),
  PATCH: route(operations.updateNamespace, async ({ ctx, principal, params, body, expected }) =>
    versioned(await updateNamespace(ctx, principal, params.namespaceId, body, expected)),
  ),
  DELETE: route(operations.deleteNamespace, async ({ ctx, principal, params, expected }) => {
    await deleteNamespace(ctx, principal, params.namespaceId, expected)
    return {}
  }),
})

import { versioned } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { deleteRepository } from '@/lib/registry/repositories/delete-repository'
import { getRepository } from '@/lib/registry/repositories/get-repository'
import { updateRepository } from '@/lib/registry/repositories/update-repository'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getRepository, async ({ ctx, principal, params }) =>
    versioned(await getRepository(ctx, principal, params.repositoryId)),
  ),
  PATCH: route(operations.updateRepository, async ({ ctx, principal, params, body, expected }) =>
    versioned(await updateRepository(ctx, principal, params.repositoryId, body, expected)),
  ),
  DELETE: route(operations.deleteRepository, async ({ ctx, principal, params, query, expected }) => {
    await deleteRepository(ctx, principal, params.repositoryId, query, expected)
    return {}
  }),
})

import { versioned } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getRepositoryByName } from '@/lib/registry/repositories/get-repository-by-name'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getRepositoryByName, async ({ ctx, principal, params, query }) =>
    versioned(await getRepositoryByName(ctx, principal, params.instanceId, query.path)),
  ),
})

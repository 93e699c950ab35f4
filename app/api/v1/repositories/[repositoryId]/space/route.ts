import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getRepositorySpace } from '@/lib/registry/space/get-repository-space'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getRepositorySpace, async ({ ctx, principal, params, query }) => ({
    body: await getRepositorySpace(ctx, principal, params.repositoryId, query.fresh),
  })),
})

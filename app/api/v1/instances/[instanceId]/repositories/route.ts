import { created } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { createRepository } from '@/lib/registry/repositories/create-repository'
import { listRepositories } from '@/lib/registry/repositories/list-repositories'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listRepositories, async ({ ctx, principal, params, query }) => ({
    body: await listRepositories(ctx, principal, { ...params, ...query }),
  })),
  POST: route(operations.createRepository, async ({ ctx, principal, params, body }) =>
    created('/repositories', await createRepository(ctx, principal, params.instanceId, body)),
  ),
})

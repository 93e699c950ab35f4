import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { listUntaggedManifests } from '@/lib/registry/tags/list-untagged-manifests'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listUntaggedManifests, async ({ ctx, principal, params, query }) => ({
    body: await listUntaggedManifests(ctx, principal, params.repositoryId, query),
  })),
})

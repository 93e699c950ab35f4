import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { listTombstones } from '@/lib/registry/tags/list-tombstones'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listTombstones, async ({ ctx, principal, params, query }) => ({
    body: await listTombstones(ctx, principal, params.repositoryId, query),
  })),
})

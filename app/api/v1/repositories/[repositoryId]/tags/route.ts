import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { listTagDetails } from '@/lib/registry/tags/list-tag-details'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listTags, async ({ ctx, principal, params, query }) => ({
    body: await listTagDetails(ctx, principal, { ...params, ...query }),
  })),
})

import { versioned } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { copyTag } from '@/lib/registry/tags/copy-tag'
import { listTagDetails } from '@/lib/registry/tags/list-tag-details'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listTags, async ({ ctx, principal, params, query }) => ({
    body: await listTagDetails(ctx, principal, { ...params, ...query }),
  })),
  POST: route(operations.copyTag, async ({ ctx, principal, params, body }) => {
    const copied = await copyTag(ctx, principal, params.repositoryId, body)
    const location = `/api/v1/repositories/${params.repositoryId}/tags/${encodeURIComponent(body.name)}`
    return { ...versioned(copied), location }
  }),
})

import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { compareContent } from '@/lib/registry/content/compare-content'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.compareContent, async ({ ctx, principal, params, query }) => ({
    body: await compareContent(ctx, principal, params.repositoryId, query),
  })),
})

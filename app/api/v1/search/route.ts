import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { searchRegistry } from '@/lib/registry/search/search-registry'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.search, async ({ ctx, principal, query }) => ({
    body: await searchRegistry(ctx, principal, query),
  })),
})

import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { listOpenings } from '@/lib/registry/policy/list-openings'
import { openTag } from '@/lib/registry/policy/open-tag'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listOpenings, async ({ ctx, principal, params, query }) => ({
    body: await listOpenings(ctx, principal, params.repositoryId, query),
  })),
  POST: route(operations.openTag, async ({ ctx, principal, params, body }) => ({
    body: await openTag(ctx, principal, params.repositoryId, body),
  })),
})

import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { deleteTags } from '@/lib/registry/tags/delete-tags'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  POST: route(operations.deleteTags, async ({ ctx, principal, params, body }) => ({
    body: await deleteTags(ctx, principal, params.repositoryId, body),
  })),
})

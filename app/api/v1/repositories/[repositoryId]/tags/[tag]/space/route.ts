import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getTagSpace } from '@/lib/registry/space/get-tag-space'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getTagSpace, async ({ ctx, principal, params }) => ({
    body: await getTagSpace(ctx, principal, params.repositoryId, params.tag),
  })),
})

import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { releaseTagName } from '@/lib/registry/tags/release-tag-name'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  DELETE: route(operations.releaseTagName, async ({ ctx, principal, params: { repositoryId, tag }, body }) => {
    await releaseTagName(ctx, principal, repositoryId, tag, body)
    return {}
  }),
})

import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getManifestOfTag } from '@/lib/registry/content/get-manifest-of-tag'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getManifestOfTag, async ({ ctx, principal, params }) => ({
    body: await getManifestOfTag(ctx, principal, params.repositoryId, params.tag),
  })),
})

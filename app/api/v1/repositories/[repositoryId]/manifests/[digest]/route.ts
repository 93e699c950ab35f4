import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getManifestDetails } from '@/lib/registry/content/get-manifest-details'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getManifest, async ({ ctx, principal, params }) => ({
    body: await getManifestDetails(ctx, principal, params.repositoryId, params.digest),
  })),
})

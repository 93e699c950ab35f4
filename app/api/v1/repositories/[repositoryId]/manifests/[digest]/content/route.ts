import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { downloadManifest } from '@/lib/registry/content/download-manifest'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.downloadManifest, async ({ ctx, principal, params }) => ({
    download: {
      // Not its own type, which a pusher chooses.
      mediaType: 'application/json',
      ...(await downloadManifest(ctx, principal, params.repositoryId, params.digest)),
    },
  })),
})

import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { downloadFile } from '@/lib/registry/content/download-file'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.downloadFile, async ({ ctx, principal, params }) => ({
    // Not its own type, which a pusher chooses: the console's origin must serve nothing that a browser would run.
    download: { mediaType: 'application/octet-stream', ...(await downloadFile(ctx, principal, params)) },
  })),
})

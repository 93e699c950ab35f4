import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { listAttachments } from '@/lib/registry/content/list-attachments'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listAttachments, async ({ ctx, principal, params, query }) => ({
    body: await listAttachments(ctx, principal, { ...params, ...query }),
  })),
})

import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { listAuditEvents } from '@/lib/registry/audit/list-audit-events'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listAuditEvents, async ({ ctx, principal, query }) => ({
    body: await listAuditEvents(ctx, principal, query),
  })),
})

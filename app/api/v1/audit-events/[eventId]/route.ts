import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getAuditEvent } from '@/lib/registry/audit/get-audit-event'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getAuditEvent, async ({ ctx, principal, params }) => ({
    body: await getAuditEvent(ctx, principal, params.eventId),
  })),
})

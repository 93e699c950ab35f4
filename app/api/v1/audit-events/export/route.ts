import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { exportAuditEvents } from '@/lib/registry/audit/export-audit-events'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.exportAuditEvents, ({ ctx, principal, query: { format, ...query } }) => ({
    download: {
      mediaType: format === 'csv' ? 'text/csv' : 'application/jsonl',
      fileName: `audit-events-${new Date().toISOString().slice(0, 10)}.${format}`,
      content: exportAuditEvents(ctx, principal, query, format),
    },
  })),
})

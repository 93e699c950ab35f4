import { auditEvent, auditEventPage, auditEventQuery, exportAuditEventsQuery } from '@/lib/api/schemas/audit-events'
import type { Operation } from './operation'

/** The audit trail. */
export const auditEventOperations = {
  listAuditEvents: {
    id: 'listAuditEvents',
    method: 'GET',
    path: '/audit-events',
    summary: 'List the events of the audit trail, newest first',
    query: auditEventQuery,
    status: 200,
    response: auditEventPage,
    refusals: ['PAGE_INVALID'],
  },
  exportAuditEvents: {
    id: 'exportAuditEvents',
    method: 'GET',
    path: '/audit-events/export',
    summary: 'Download the audit trail as a file, oldest events first',
    query: exportAuditEventsQuery,
    status: 200,
    download: ['application/jsonl', 'text/csv'],
  },
  getAuditEvent: {
    id: 'getAuditEvent',
    method: 'GET',
    path: '/audit-events/{eventId}',
    summary: 'Get an event of the audit trail',
    status: 200,
    response: auditEvent,
    refusals: ['NOT_FOUND'],
  },
} as const satisfies Record<string, Operation>

'use client'

import { useSyncExternalStore } from 'react'
import { auditExportHref } from '../queries/audit'
import type { AuditFilters } from '../queries/audit'

interface ExportLinkProps {
  filters: AuditFilters
  format: 'csv' | 'jsonl'
  children: string
}

/**
 * The events as a file. The link leads somewhere only once the page is the browser's: days begin and end by the time
 * zone of the reader, which the server that renders the page does not know.
 */
export function ExportLink({ filters, format, children }: ExportLinkProps) {
  const isInBrowser = useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  )
  return (
    <a className="button" download {...(isInBrowser && { href: auditExportHref(filters, format) })}>
      {children}
    </a>
  )
}

'use client'

import { useTranslations } from 'next-intl'
import type { AuditEventView } from '@/lib/api/schemas/audit-events'
import { TextButton } from '../ui/button'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { changesOf } from './changes'
import { EventStatus, useTargetText } from './event-status'

interface AuditTableProps {
  /** Null while they load. */
  events: readonly AuditEventView[] | null
  stale: boolean
  onOpen: (event: AuditEventView) => void
}

/** Audit events: who did what to what, from where, and which fields changed. */
export function AuditTable({ events, stale, onOpen }: AuditTableProps) {
  const t = useTranslations()
  const targetText = useTargetText()
  const columns: Column<AuditEventView>[] = [
    {
      key: 'time',
      header: t('audit.time'),
      skeleton: 'lg',
      cell: (event) => <Time value={event.createdAt} format="minute" />,
    },
    {
      key: 'event',
      header: t('audit.event'),
      kind: 'name',
      skeleton: 'lg',
      cell: (event) => <EventStatus action={event.action} />,
    },
    {
      key: 'target',
      header: t('audit.target'),
      skeleton: 'xl',
      cell: (event) => (
        <span className="cell-stack audit-target">
          <span>{event.targetName || event.targetId || t('audit.unknown')}</span>
          <small>{targetText(event.targetType)}</small>
        </span>
      ),
    },
    {
      key: 'change',
      header: t('audit.change'),
      grows: true,
      skeleton: 'xl',
      cell: (event) => <ChangeSummary event={event} />,
    },
    {
      key: 'by',
      header: t('audit.by'),
      repeatsHeader: true,
      gives: 2,
      skeleton: 'md',
      cell: (event) => (
        <span className="cell-stack audit-by">
          <span>{event.actor}</span>
          <small>{event.credential}</small>
        </span>
      ),
    },
    {
      key: 'from',
      header: t('audit.from'),
      gives: 1,
      skeleton: 'md',
      cell: (event) => (
        <span className="cell-stack audit-from">
          <span>{event.address || '—'}</span>
          <small>{event.userAgent}</small>
        </span>
      ),
    },
    {
      key: 'actions',
      header: t('table.actions'),
      kind: 'actions',
      skeleton: 'sm',
      cell: (event) => (
        <TextButton aria-label={t('audit.detailsOf', { id: event.id })} onClick={() => onOpen(event)}>
          {t('audit.details')}
        </TextButton>
      ),
    },
  ]
  return <Table label={t('frame.audit')} columns={columns} rows={events} rowKey={({ id }) => id} stale={stale} />
}

/** The first field that changed, and how many others; without one, why it happened. */
function ChangeSummary({ event }: { event: AuditEventView }) {
  const t = useTranslations()
  const [first, ...others] = changesOf(event)
  return (
    <span className="cell-stack audit-change">
      {first && (
        <span>
          <code>{first.field}</code> {first.before !== null && <s>{first.before}</s>} {first.after}
        </span>
      )}
      {(others.length > 0 || event.reason) && (
        <small>
          {[others.length > 0 ? t('audit.moreFields', { count: others.length }) : '', event.reason ?? '']
            .filter((text) => text !== '')
            .join(' · ')}
        </small>
      )}
    </span>
  )
}

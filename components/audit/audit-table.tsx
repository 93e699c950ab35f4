'use client'

import { useTranslations } from 'next-intl'
import { Suspense, lazy } from 'react'
import type { AuditEventView } from '@/lib/api/schemas/audit-events'
import { TextButton } from '../ui/button'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'

// The sentences and words of all events are a large part of the page, and come while the events are read.
const EventSentence = lazy(() => import('./event-sentence').then((module) => ({ default: module.EventSentence })))
const ChangeSummary = lazy(() => import('./change-summary').then((module) => ({ default: module.ChangeSummary })))
const EventSource = lazy(() => import('./event-source').then((module) => ({ default: module.EventSource })))

interface AuditTableProps {
  /** Null while they load. */
  events: readonly AuditEventView[] | null
  stale: boolean
  onOpen: (event: AuditEventView) => void
}

const changeOf = (event: AuditEventView) =>
  Object.keys({ ...event.before, ...event.after }).length > 0 && <ChangeSummary event={event} />

/** Audit events: who did what to what, from where, and which fields changed. */
export function AuditTable({ events, stale, onOpen }: AuditTableProps) {
  const t = useTranslations()
  const columns: Column<AuditEventView>[] = [
    {
      key: 'time',
      header: t('audit.time'),
      skeleton: 'lg',
      cell: (event) => <Time value={event.createdAt} format="moment" />,
    },
    {
      key: 'event',
      header: t('audit.event'),
      kind: 'name',
      grows: true,
      skeleton: 'xl',
      cell: (event) => <EventSentence event={event} />,
    },
    {
      key: 'change',
      header: t('audit.change'),
      gives: 1,
      skeleton: 'xl',
      cell: changeOf,
      // The value names its field.
      fold: (event) => changeOf(event) || null,
    },
    {
      key: 'from',
      header: t('audit.from'),
      gives: 2,
      skeleton: 'md',
      cell: (event) => <EventSource event={event} />,
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
  const tableOf = (rows: typeof events) => (
    <Table label={t('frame.audit')} columns={columns} rows={rows} rowKey={({ id }) => id} stale={stale} />
  )
  return <Suspense fallback={tableOf(null)}>{tableOf(events)}</Suspense>
}

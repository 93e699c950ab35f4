'use client'

import { useTranslations } from 'next-intl'
import type { AuditEventView } from '@/lib/api/schemas/audit-events'
import { TextButton } from '../ui/button'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { changesOf } from './changes'
import { EventSentence } from './event-sentence'
import { useFieldText, useValueText } from './use-change-words'
import { useClientText, useCredentialText } from './use-source-words'

interface AuditTableProps {
  /** Null while they load. */
  events: readonly AuditEventView[] | null
  stale: boolean
  onOpen: (event: AuditEventView) => void
}

/** Audit events: who did what to what, from where, and which fields changed. */
export function AuditTable({ events, stale, onOpen }: AuditTableProps) {
  const t = useTranslations()
  const clientText = useClientText()
  const credentialText = useCredentialText()
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
      cell: (event) => <ChangeSummary event={event} />,
    },
    {
      key: 'from',
      header: t('audit.from'),
      gives: 2,
      skeleton: 'md',
      cell: (event) => (
        <span className="cell-stack audit-from">
          <span>{event.address || '—'}</span>
          <small title={event.userAgent}>
            {[clientText(event.userAgent), credentialText(event)].filter((text) => text !== '').join(' · ')}
          </small>
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

/** The first field that changed, in words, and how many others. */
function ChangeSummary({ event }: { event: AuditEventView }) {
  const t = useTranslations()
  const fieldText = useFieldText()
  const valueText = useValueText()
  const [first, ...others] = changesOf(event)
  return (
    <span className="cell-stack audit-change">
      {first && (
        <span>
          {fieldText(first.field)}: <s>{valueText(first.field, first.before)}</s> {valueText(first.field, first.after)}
        </span>
      )}
      {others.length > 0 && <small>{t('audit.moreFields', { count: others.length })}</small>}
    </span>
  )
}

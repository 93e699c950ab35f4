'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { AuditEventView } from '@/lib/api/schemas/audit-events'
import { auditActions, auditTargetTypes } from '@/lib/domain/audit'
import { auditEventsQuery, auditExportHref } from '../queries/audit'
import type { AuditFilters } from '../queries/audit'
import { ExactFilters } from '../ui/exact-filters'
import { ExportLink } from '../ui/export-link'
import { Select } from '../ui/filters'
import { lazyComponent } from '../ui/lazy-component'
import { List, RefreshButton, Toolbar } from '../ui/list'
import { PageHead } from '../ui/page'
import { EmptyState } from '../ui/empty-state'
import { useListParameters } from '../ui/use-list-parameters'
import { AuditTable } from './audit-table'
import { dayToTime } from './day'
import { DayField } from './day-field'

const AuditEventDialog = lazyComponent(() => import('./audit-event-dialog'), 'AuditEventDialog')

/** Filters that an event sets, each shown while it holds. */
const exact = ['actor', 'address', 'targetId', 'instanceId'] as const

const filterNames = ['text', 'action', 'targetType', 'from', 'to', ...exact] as const

/** The audit trail: who did what, from where, before and after. */
export function AuditPage() {
  const t = useTranslations()
  const list = useListParameters(filterNames)
  const [open, setOpen] = useState<AuditEventView | null>(null)
  const filters: AuditFilters = {
    ...list.filters,
    from: dayToTime(list.filters.from, 'begins'),
    to: dayToTime(list.filters.to, 'ends'),
  }
  const query = useQuery(auditEventsQuery({ ...filters, ...list.page }))

  return (
    <>
      <PageHead
        crumbs={[{ label: t('frame.product') }, { label: t('frame.administration') }, { label: t('frame.audit') }]}
        title={t('frame.audit')}
        buttons={
          <>
            <ExportLink href={auditExportHref(filters, 'csv')}>{t('audit.exportCsv')}</ExportLink>
            <ExportLink href={auditExportHref(filters, 'jsonl')}>{t('audit.exportJson')}</ExportLink>
          </>
        }
      />
      <p className="lead">{t('audit.lead')}</p>
      <Toolbar list={list} name="text" label={t('audit.search')} placeholder={t('audit.searchPlaceholder')}>
        <Select label={t('audit.event')} {...list.filter('action')}>
          <option value="">{t('audit.allEvents')}</option>
          {auditActions.map((action) => (
            <option key={action} value={action}>
              {t(`audit.actions.${action}`)}
            </option>
          ))}
        </Select>
        <Select label={t('audit.target')} {...list.filter('targetType')}>
          <option value="">{t('audit.allTargets')}</option>
          {auditTargetTypes.map((type) => (
            <option key={type} value={type}>
              {t(`audit.targets.${type}`)}
            </option>
          ))}
        </Select>
        <span className="audit-days">
          <DayField label={t('audit.fromDay')} calendarLabel={t('audit.chooseFrom')} {...list.filter('from')} />
          <DayField label={t('audit.toDay')} calendarLabel={t('audit.chooseTo')} {...list.filter('to')} />
        </span>
        <RefreshButton busy={query.isFetching} onRefresh={() => void query.refetch()} />
      </Toolbar>
      <ExactFilters list={list} names={exact} labelOf={(name) => t(`audit.exact.${name}`)} />
      <div className="table-box">
        <List
          list={list}
          query={query}
          nothingFound={t('audit.nothingFound')}
          empty={<EmptyState title={t('audit.empty')}>{t('audit.emptyHelp')}</EmptyState>}
          count={(count) => t('audit.count', { count })}
        >
          {(events, stale) => <AuditTable events={events} stale={stale} onOpen={setOpen} />}
        </List>
      </div>
      <Suspense>
        {open && (
          <AuditEventDialog
            event={open}
            onClose={() => setOpen(null)}
            onFilter={(next) => {
              setOpen(null)
              list.clearFilters(next)
            }}
          />
        )}
      </Suspense>
    </>
  )
}

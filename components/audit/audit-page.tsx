'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import type { AuditEventView } from '@/lib/api/schemas/audit-events'
import { auditActions, auditTargetTypes } from '@/lib/domain/audit'
import { auditEventsQuery } from '../queries/audit'
import type { AuditFilters } from '../queries/audit'
import { Button, IconButton } from '../ui/button'
import { SearchField, Select } from '../ui/filters'
import { Icon } from '../ui/icon'
import { PageHead } from '../ui/page'
import { EmptyState, ErrorState } from '../ui/states'
import { TableFoot } from '../ui/table-foot'
import { useListParameters } from '../ui/use-list-parameters'
import { AuditTable } from './audit-table'
import { dayToTime } from './day'
import { DayField } from './day-field'
import { ExportLink } from './export-link'

// Loaded when it is opened: most visits don't.
const AuditEventDialog = lazy(() =>
  import('./audit-event-dialog').then(({ AuditEventDialog }) => ({ default: AuditEventDialog })),
)

/** Filters that an event sets, each shown while it holds. */
const exact = ['actor', 'address', 'targetId', 'instanceId'] as const

const noFilters = {
  ...{ text: '', action: '', targetType: '', from: '', to: '' },
  ...{ actor: '', address: '', targetId: '', instanceId: '' },
}

/** The audit trail: who did what, from where, before and after. */
export function AuditPage() {
  const t = useTranslations()
  const list = useListParameters()
  const [open, setOpen] = useState<AuditEventView | null>(null)
  const filters: AuditFilters = {
    text: list.get('text'),
    action: list.get('action'),
    targetType: list.get('targetType'),
    actor: list.get('actor'),
    address: list.get('address'),
    targetId: list.get('targetId'),
    instanceId: list.get('instanceId'),
    from: dayToTime(list.get('from'), 'begins'),
    to: dayToTime(list.get('to'), 'ends'),
  }
  const isFiltered = Object.values(filters).some((value) => value !== '')
  const { data, error, isPending, isFetching, isPlaceholderData, refetch } = useQuery(
    auditEventsQuery({ ...filters, pageSize: list.pageSize, cursor: list.cursor }),
  )

  function content() {
    if (!isPending && error) {
      return <ErrorState title={t('table.failed')} error={error} onRetry={() => void refetch()} />
    }
    if (data?.items.length === 0) {
      return isFiltered ? (
        <EmptyState
          title={t('table.nothingFound')}
          action={<Button onClick={() => list.set(noFilters)}>{t('table.clearFilters')}</Button>}
        >
          {t('audit.nothingFound')}
        </EmptyState>
      ) : (
        <EmptyState title={t('audit.empty')}>{t('audit.emptyHelp')}</EmptyState>
      )
    }
    return <AuditTable events={data?.items ?? null} stale={isPlaceholderData} onOpen={setOpen} />
  }

  return (
    <>
      <PageHead
        crumbs={[{ label: t('frame.product') }, { label: t('frame.administration') }, { label: t('frame.audit') }]}
        title={t('frame.audit')}
        buttons={
          <>
            <ExportLink filters={filters} format="csv">
              {t('audit.exportCsv')}
            </ExportLink>
            <ExportLink filters={filters} format="jsonl">
              {t('audit.exportJson')}
            </ExportLink>
          </>
        }
      />
      <p className="lead">{t('audit.lead')}</p>
      <div className="toolbar" role="search">
        <SearchField
          label={t('audit.search')}
          placeholder={t('audit.searchPlaceholder')}
          value={filters.text}
          onSearch={(text) => list.set({ text })}
        />
        <div className="toolbar-scroll">
          <Select label={t('audit.event')} value={filters.action} onChange={(action) => list.set({ action })}>
            <option value="">{t('audit.allEvents')}</option>
            {auditActions.map((action) => (
              <option key={action} value={action}>
                {t(`audit.actions.${action}`)}
              </option>
            ))}
          </Select>
          <Select
            label={t('audit.target')}
            value={filters.targetType}
            onChange={(targetType) => list.set({ targetType })}
          >
            <option value="">{t('audit.allTargets')}</option>
            {auditTargetTypes.map((type) => (
              <option key={type} value={type}>
                {t(`audit.targets.${type}`)}
              </option>
            ))}
          </Select>
          <DayField label={t('audit.fromDay')} value={list.get('from')} onChange={(from) => list.set({ from })} />
          <DayField label={t('audit.toDay')} value={list.get('to')} onChange={(to) => list.set({ to })} />
        </div>
        <span className="spacer hide-sm" />
        <span className="hide-sm">
          <IconButton
            icon="refresh"
            large
            label={t('table.refresh')}
            aria-busy={isFetching}
            onClick={() => void refetch()}
          />
        </span>
      </div>
      {exact.some((name) => filters[name] !== '') && (
        <ul className="audit-filters" aria-label={t('audit.filters')}>
          {exact
            .filter((name) => filters[name] !== '')
            .map((name) => (
              <li key={name} className="badge">
                <span>
                  {t(`audit.exact.${name}`)} <strong>{filters[name]}</strong>
                </span>
                <button
                  type="button"
                  aria-label={t('audit.clearFilter', { name: t(`audit.exact.${name}`) })}
                  onClick={() => list.set({ [name]: '' })}
                >
                  <Icon name="close" />
                </button>
              </li>
            ))}
        </ul>
      )}
      <div className="table-box">
        {content()}
        {!error && data?.items.length !== 0 && (
          <TableFoot list={list} page={data}>
            {data && t('audit.count', { count: data.totalCount })}
          </TableFoot>
        )}
      </div>
      <Suspense>
        {open && (
          <AuditEventDialog
            event={open}
            onClose={() => setOpen(null)}
            onFilter={(next) => {
              setOpen(null)
              list.set({ ...noFilters, ...next })
            }}
          />
        )}
      </Suspense>
    </>
  )
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { TagEventView } from '@/lib/api/schemas/tag-events'
import type { RegionId } from '@/lib/domain/regions'
import { InstancePageHead } from '../instances/instance-page-head'
import { instanceQuery } from '../queries/instances'
import { tagEventsExportHref, tagEventsQuery } from '../queries/tag-events'
import { ExactFilters } from '../ui/exact-filters'
import { ExportLink } from '../ui/export-link'
import { Select } from '../ui/filters'
import { List, RefreshButton, Toolbar } from '../ui/list'
import { EmptyState } from '../ui/empty-state'
import { useListParameters } from '../ui/use-list-parameters'
import { EventDetails } from './event-details'
import { refusalReasons } from './event-texts'
import { PeriodFilter, exactFilters, useSince } from './ledger-filters'
import { RefusalTable } from './ledger-table'

const filterNames = ['text', 'reason', 'days', ...exactFilters] as const

/** The pushes that an instance has refused: who, what, with which client, how often. */
export function BlockedPushesPage({ region, instanceId }: { region: RegionId; instanceId: string }) {
  const t = useTranslations()
  const list = useListParameters(filterNames)
  const [open, setOpen] = useState<TagEventView | null>(null)
  const instance = useQuery(instanceQuery(instanceId)).data?.data
  const { days, ...others } = list.filters
  const filters = { ...others, kind: 'REFUSED', since: useSince(days) }
  const path = `/instances/${instanceId}` as const
  const query = useQuery(tagEventsQuery(path, { ...filters, ...list.page }))

  return (
    <>
      <InstancePageHead
        region={region}
        instanceId={instanceId}
        title={t('ledger.blockedPushes')}
        buttons={<ExportLink href={tagEventsExportHref(path, filters)}>{t('audit.exportCsv')}</ExportLink>}
      />
      <p className="lead">{t('ledger.blockedLead')}</p>
      <Toolbar list={list} name="text" label={t('ledger.searchBlocked')} placeholder={t('ledger.blockedPlaceholder')}>
        <Select label={t('audit.reason')} {...list.filter('reason')}>
          <option value="">{t('ledger.allReasons')}</option>
          {refusalReasons.map((reason) => (
            <option key={reason} value={reason}>
              {t(`ledger.reasons.${reason}`)}
            </option>
          ))}
        </Select>
        <PeriodFilter {...list.filter('days')} />
        <RefreshButton busy={query.isFetching} onRefresh={() => void query.refetch()} />
      </Toolbar>
      <ExactFilters list={list} names={exactFilters} labelOf={(name) => t(`ledger.exact.${name}`)} />
      <div className="table-box">
        <List
          list={list}
          query={query}
          gone={t('instances.gone')}
          nothingFound={t('ledger.nothingFound')}
          empty={<EmptyState title={t('ledger.blockedEmpty')}>{t('ledger.blockedEmptyHelp')}</EmptyState>}
          count={(count) => t('ledger.blockedCount', { count })}
        >
          {(events, stale) => (
            <RefusalTable
              region={region}
              instanceId={instanceId}
              label={t('ledger.blockedPushes')}
              events={events}
              stale={stale}
              onOpen={setOpen}
            />
          )}
        </List>
      </div>
      <EventDetails
        event={open}
        registryAddress={instance?.registryAddress ?? null}
        list={list}
        onClose={() => setOpen(null)}
      />
    </>
  )
}

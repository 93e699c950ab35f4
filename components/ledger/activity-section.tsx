'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import type { TagEventView } from '@/lib/api/schemas/tag-events'
import { tagEventKinds } from '@/lib/domain/ledger'
import { tagEventsExportHref, tagEventsQuery } from '../queries/tag-events'
import { ExactFilters } from '../ui/exact-filters'
import { ExportLink } from '../ui/export-link'
import { Select } from '../ui/filters'
import { List, RefreshButton, Toolbar } from '../ui/list'
import { EmptyState } from '../ui/empty-state'
import { useListParameters } from '../ui/use-list-parameters'
import { EventDetails } from './event-details'
import { PeriodFilter, exactFilters, useSince } from './ledger-filters'
import { ActivityTable } from './ledger-table'

const filterNames = ['text', 'kind', 'days', ...exactFilters] as const

function useActivityFilters() {
  const list = useListParameters(filterNames)
  const { days, ...others } = list.filters
  return { list, filters: { ...others, since: useSince(days) } }
}

/** What Activity shows as a file, with its filters: for the head of the page. */
export function ActivityExport({ repositoryId }: { repositoryId: string }) {
  const t = useTranslations()
  const { filters } = useActivityFilters()
  return (
    <ExportLink href={tagEventsExportHref(`/repositories/${repositoryId}`, filters)}>{t('audit.exportCsv')}</ExportLink>
  )
}

interface ActivitySectionProps {
  region: RegionId
  /** Null while it loads. */
  repository: RepositoryView | null
  /** Null while it loads. */
  instance: InstanceView | null
}

/** The ledger of a repository: what happened to its tags, by whom and from where. */
export function ActivitySection({ region, repository, instance }: ActivitySectionProps) {
  const t = useTranslations()
  const { list, filters } = useActivityFilters()
  const [open, setOpen] = useState<TagEventView | null>(null)
  const path = `/repositories/${repository?.id ?? ''}` as const
  const query = useQuery({ ...tagEventsQuery(path, { ...filters, ...list.page }), enabled: repository !== null })

  return (
    <>
      <Toolbar list={list} name="text" label={t('ledger.search')} placeholder={t('ledger.searchPlaceholder')}>
        <Select label={t('ledger.event')} {...list.filter('kind')}>
          <option value="">{t('audit.allEvents')}</option>
          {tagEventKinds.map((kind) => (
            <option key={kind} value={kind}>
              {t(`ledger.kinds.${kind}`)}
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
          nothingFound={t('ledger.nothingFound')}
          empty={<EmptyState title={t('ledger.empty')}>{t('ledger.emptyHelp')}</EmptyState>}
          count={(count) => t('ledger.count', { count })}
        >
          {(events, stale) => (
            <ActivityTable
              label={t('ledger.activity')}
              region={region}
              instanceId={repository?.instanceId ?? ''}
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

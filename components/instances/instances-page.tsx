'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RegionId } from '@/lib/domain/regions'
import { instancesQuery } from '../queries/instances'
import { Button } from '../ui/button'
import { SearchField, Segmented } from '../ui/filters'
import { PageHead } from '../ui/page'
import { EmptyState, ErrorState } from '../ui/states'
import { TableFoot } from '../ui/table-foot'
import { useListParameters } from '../ui/use-list-parameters'
import { useIsAdministrator } from '../user-context'
import { InstanceCards } from './instance-cards'
import { InstanceTable } from './instance-table'

// Loaded when one is opened: most visits open none.
const CreateInstanceDialog = lazy(() =>
  import('./create-instance-dialog').then(({ CreateInstanceDialog }) => ({ default: CreateInstanceDialog })),
)
const DeleteInstanceDialog = lazy(() =>
  import('./delete-instance-dialog').then(({ DeleteInstanceDialog }) => ({ default: DeleteInstanceDialog })),
)
const RenameInstanceDialog = lazy(() =>
  import('./rename-instance-dialog').then(({ RenameInstanceDialog }) => ({ default: RenameInstanceDialog })),
)

type OpenDialog = { kind: 'create' } | { kind: 'rename' | 'delete'; instance: InstanceView } | null

/** The instances of a region, as cards or as a table. */
export function InstancesPage({ region }: { region: RegionId }) {
  const t = useTranslations()
  const list = useListParameters()
  const isAdministrator = useIsAdministrator()
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const search = list.get('search')
  const view = list.get('view') === 'table' ? 'table' : 'cards'
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(
    instancesQuery({ regionId: region, search, pageSize: list.pageSize, cursor: list.cursor }),
  )
  const create = isAdministrator && (
    <Button variant="primary" icon="plus" onClick={() => setDialog({ kind: 'create' })}>
      {t('instances.create')}
    </Button>
  )

  function content() {
    if (!isPending && error) {
      return <ErrorState title={t('table.failed')} error={error} onRetry={() => void refetch()} />
    }
    if (data?.items.length === 0) {
      return search ? (
        <EmptyState
          title={t('table.nothingFound')}
          action={<Button onClick={() => list.set({ search: '' })}>{t('table.clearFilters')}</Button>}
        >
          {t('instances.nothingFound', { search })}
        </EmptyState>
      ) : (
        <EmptyState
          title={
            isAdministrator
              ? t('instances.empty', { region: t(`regions.${region}`) })
              : t('instances.emptyForMember', { region: t(`regions.${region}`) })
          }
          action={create}
        >
          {isAdministrator ? t('instances.emptyHelp') : t('instances.emptyForMemberHelp')}
        </EmptyState>
      )
    }
    const Shown = view === 'table' ? InstanceTable : InstanceCards
    return (
      <Shown
        region={region}
        instances={data?.items ?? null}
        stale={isPlaceholderData}
        onRename={(instance) => setDialog({ kind: 'rename', instance })}
        onDelete={(instance) => setDialog({ kind: 'delete', instance })}
      />
    )
  }

  const isBoxed = view === 'table' || (data ? data.items.length === 0 : !isPending)
  const isPaged = data !== undefined && (data.nextCursor !== null || list.pageNumber > 1)
  const count = data ? t('instances.count', { count: data.totalCount }) : null
  const foot = (view === 'table' || isPaged) && data?.items.length !== 0 && !error && (
    <TableFoot list={list} page={data}>
      {count}
    </TableFoot>
  )
  return (
    <>
      <PageHead
        crumbs={[{ label: t('frame.product') }, { label: t('instances.title') }]}
        title={t('instances.title')}
        buttons={create}
      />
      <div className="toolbar" role="search">
        <SearchField
          label={t('instances.search')}
          placeholder={t('instances.searchPlaceholder')}
          value={search}
          onSearch={(text) => list.set({ search: text })}
        />
        <span className="spacer hide-sm" />
        <span className="muted hide-sm">{count}</span>
        <Segmented
          label={t('instances.view')}
          name="view"
          value={view}
          options={[
            { value: 'cards', label: t('instances.cards'), icon: 'cards' },
            { value: 'table', label: t('instances.table'), icon: 'rows' },
          ]}
          onChange={(next) => list.set({ view: next === 'table' ? 'table' : '' })}
        />
      </div>
      {isBoxed ? (
        <div className="table-box">
          {content()}
          {foot}
        </div>
      ) : (
        <>
          {content()}
          {foot && <div className="table-box cards-foot">{foot}</div>}
        </>
      )}
      <Suspense>
        {dialog?.kind === 'create' && <CreateInstanceDialog region={region} onClose={() => setDialog(null)} />}
        {dialog?.kind === 'rename' && (
          <RenameInstanceDialog instanceId={dialog.instance.id} onClose={() => setDialog(null)} />
        )}
        {dialog?.kind === 'delete' && (
          <DeleteInstanceDialog region={region} instanceId={dialog.instance.id} onClose={() => setDialog(null)} />
        )}
      </Suspense>
    </>
  )
}

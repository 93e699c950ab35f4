'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RegionId } from '@/lib/domain/regions'
import { instancesQuery } from '../queries/instances'
import { Button } from '../ui/button'
import { Segmented } from '../ui/filters'
import { lazyComponent } from '../ui/lazy-component'
import { ListContent, Toolbar } from '../ui/list'
import { PageHead } from '../ui/page'
import { EmptyState } from '../ui/empty-state'
import { TableFoot } from '../ui/table-foot'
import { useListParameters } from '../ui/use-list-parameters'
import { useIsAdministrator } from '../user-context'
import { InstanceCards } from './instance-cards'
import { InstanceTable } from './instance-table'

const CreateInstanceDialog = lazyComponent(() => import('./create-instance-dialog'), 'CreateInstanceDialog')
const DeleteInstanceDialog = lazyComponent(() => import('./delete-instance-dialog'), 'DeleteInstanceDialog')
const RenameInstanceDialog = lazyComponent(() => import('./rename-instance-dialog'), 'RenameInstanceDialog')

type OpenDialog = { kind: 'create' } | { kind: 'rename' | 'delete'; instance: InstanceView } | null

/** The instances of a region, as cards or as a table. */
export function InstancesPage({ region }: { region: RegionId }) {
  const t = useTranslations()
  const list = useListParameters(['search'])
  const isAdministrator = useIsAdministrator()
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const close = () => setDialog(null)
  const view = list.get('view') === 'table' ? 'table' : 'cards'
  const query = useQuery(instancesQuery({ regionId: region, ...list.filters, ...list.page }))
  const { data, error, isPending } = query
  const create = isAdministrator && (
    <Button variant="primary" icon="plus" onClick={() => setDialog({ kind: 'create' })}>
      {t('instances.create')}
    </Button>
  )

  const Shown = view === 'table' ? InstanceTable : InstanceCards
  const content = (
    <ListContent
      list={list}
      query={query}
      nothingFound={t('instances.nothingFound', list.filters)}
      empty={
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
      }
    >
      {(instances, stale) => (
        <Shown
          region={region}
          instances={instances}
          stale={stale}
          onRename={(instance) => setDialog({ kind: 'rename', instance })}
          onDelete={(instance) => setDialog({ kind: 'delete', instance })}
        />
      )}
    </ListContent>
  )
  const isBoxed = view === 'table' || (data ? data.items.length === 0 : !isPending)
  const isPaged = data !== undefined && (data.nextCursor !== null || list.pageNumber > 1)
  const count = data ? t('instances.count', { count: data.totalCount }) : null
  const foot = (view === 'table' || isPaged) && data?.items.length !== 0 && !error && (
    <TableFoot list={list} page={data} stale={query.isPlaceholderData}>
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
      <Toolbar list={list} label={t('instances.search')} placeholder={t('instances.searchPlaceholder')}>
        <span className="spacer" />
        <span className="muted">{count}</span>
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
      </Toolbar>
      {isBoxed ? (
        <div className="table-box">
          {content}
          {foot}
        </div>
      ) : (
        <>
          {content}
          {foot && <div className="table-box cards-foot">{foot}</div>}
        </>
      )}
      <Suspense>
        {dialog?.kind === 'create' && <CreateInstanceDialog region={region} onClose={close} />}
        {dialog?.kind === 'rename' && <RenameInstanceDialog instanceId={dialog.instance.id} onClose={close} />}
        {dialog?.kind === 'delete' && (
          <DeleteInstanceDialog region={region} instanceId={dialog.instance.id} onClose={close} />
        )}
      </Suspense>
    </>
  )
}

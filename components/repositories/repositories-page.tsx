'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import type { ReactNode } from 'react'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { ImmutabilityMode } from '@/lib/domain/immutability'
import type { RegionId } from '@/lib/domain/regions'
import { useSelection } from '../bulk/use-selection'
import { InstancePageHead } from '../instances/instance-page-head'
import { useInstance } from '../queries/instances'
import { managedNamespacesQuery } from '../queries/offered-namespaces'
import { repositoriesQuery } from '../queries/repositories'
import { Button } from '../ui/button'
import { ColumnsButton } from '../ui/column-choice'
import { Select } from '../ui/filters'
import { lazyComponent } from '../ui/lazy-component'
import { List, RefreshButton, Toolbar } from '../ui/list'
import { useListParameters } from '../ui/use-list-parameters'
import { useIsAdministrator } from '../user-context'
import { RepositoryTable, useRepositoryColumns } from './repository-table'

const FollowedChange = lazy(() => import('../bulk/followed-change').then((it) => ({ default: it.FollowedChange })))
const NoRepositories = lazy(() => import('./no-repositories').then((it) => ({ default: it.NoRepositories })))
const SelectionBar = lazy(() => import('../bulk/selection-bar').then((it) => ({ default: it.SelectionBar })))

// Its list to search in is the largest part of the page. The server, which reads no repositories, does not name it.
const NamespaceFilter = lazy(() => import('./namespace-filter').then((it) => ({ default: it.NamespaceFilter })))
const CreateRepositoryDialog = lazyComponent(() => import('./create-repository-dialog'), 'CreateRepositoryDialog')
const ChangeImmutabilityDialog = lazyComponent(
  () => import('../bulk/change-immutability-dialog'),
  'ChangeImmutabilityDialog',
)
const DeleteRepositoryDialog = lazyComponent(() => import('./delete-repository-dialog'), 'DeleteRepositoryDialog')

type OpenDialog =
  | { kind: 'create' }
  | { kind: 'delete'; repository: RepositoryView }
  | { kind: 'change'; target: 'immutable' | 'mutable' }
  | null

/** The modes by their words in the address. */
const modes: Readonly<Record<string, ImmutabilityMode | undefined>> = {
  immutable: 'enforce',
  mutable: 'off',
  audit: 'audit',
}

/** Keeps the filter's place while its code loads. */
function WaitingFilter() {
  return (
    <span className="combobox" aria-hidden="true">
      <input className="input" disabled />
    </span>
  )
}

/** Whether the person may make repositories in a namespace of the instance. */
function useMayCreate(instance: InstanceView | undefined): boolean {
  const isManager = instance?.access === 'MANAGE'
  const hasNamespaces = instance !== undefined && instance.namespaceCount > 0
  const managed = useQuery({
    ...managedNamespacesQuery(instance?.id ?? '', ''),
    enabled: hasNamespaces && !isManager,
  }).data
  return hasNamespaces && (isManager || (managed !== undefined && managed.items.length > 0))
}

/** The repositories of an instance. */
export function RepositoriesPage({ region, instanceId }: { region: RegionId; instanceId: string }) {
  const t = useTranslations()
  const isAdministrator = useIsAdministrator()
  const list = useListParameters(['search', 'namespace', 'type', 'immutability'], { isNumbered: true })
  const queryClient = useQueryClient()
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const close = () => setDialog(null)
  const { search, namespace, type, immutability } = list.filters
  const immutabilityMode = modes[immutability]
  const columns = useRepositoryColumns()
  const sorting = list.sorting('name')
  const instance = useInstance(instanceId).data?.data
  const mayCreate = useMayCreate(instance)
  const query = useQuery(
    repositoriesQuery(instanceId, {
      search,
      namespace,
      type: { public: 'PUBLIC', private: 'PRIVATE' }[type] ?? '',
      immutabilityMode: immutabilityMode ?? '',
      sort: sorting.sort,
      ...list.page,
      page: list.numbered,
    }),
  )
  const selection = useSelection<RepositoryView>(JSON.stringify([instanceId, list.filters]), ({ id }) => id)
  const totalCount = query.data?.totalCount ?? 0
  const mayManage = query.data?.items.some(({ access }) => access === 'MANAGE') === true
  /** The change that is followed: one that was started here; undefined: one that runs; null: put away. */
  const [followed, setFollowed] = useState<string | null>()
  const filter = {
    ...(search !== '' && { search }),
    ...(namespace !== '' && { namespace }),
    ...(type === 'public' && { type: 'PUBLIC' as const }),
    ...(type === 'private' && { type: 'PRIVATE' as const }),
    ...(immutabilityMode !== undefined && { immutabilityMode }),
  }
  const create = mayCreate && (
    <Button variant="primary" icon="plus" onClick={() => setDialog({ kind: 'create' })}>
      {t('repositories.create')}
    </Button>
  )

  const isNamespace = namespace !== '' && Object.keys(filter).length === 1

  const none = (nothingFound?: ReactNode) => (
    <Suspense>
      {instance && (
        <NoRepositories
          region={region}
          instance={instance}
          namespace={namespace}
          create={create}
          nothingFound={nothingFound}
        />
      )}
    </Suspense>
  )

  return (
    <>
      <InstancePageHead region={region} instanceId={instanceId} title={t('repositories.title')} buttons={create} />
      <Toolbar list={list} label={t('repositories.search')} placeholder={t('repositories.searchPlaceholder')}>
        <Suspense fallback={<WaitingFilter />}>
          {query.isPending ? (
            <WaitingFilter />
          ) : (
            <NamespaceFilter instanceId={instanceId} {...list.filter('namespace')} />
          )}
        </Suspense>
        <Select label={t('repositories.type')} {...list.filter('type')}>
          <option value="">{t('repositories.allTypes')}</option>
          <option value="public">{t('repositories.public')}</option>
          <option value="private">{t('repositories.private')}</option>
        </Select>
        <Select label={t('repositories.immutability')} {...list.filter('immutability')}>
          <option value="">{t('repositories.allImmutability')}</option>
          <option value="immutable">{t('repositories.immutable')}</option>
          <option value="mutable">{t('repositories.mutable')}</option>
          <option value="audit">{t('immutability.modes.audit')}</option>
        </Select>
        <ColumnsButton table="repositories" always={t('repositories.name')} columns={columns} />
        <RefreshButton
          busy={query.isFetching}
          onRefresh={() => void queryClient.invalidateQueries({ queryKey: ['repositories', 'list', instanceId] })}
        />
      </Toolbar>
      <Suspense>
        {(mayManage || instance?.access === 'MANAGE' || typeof followed === 'string') && (
          <FollowedChange instanceId={instanceId} started={followed} onDismiss={() => setFollowed(null)} />
        )}
      </Suspense>
      <div className="table-box">
        <List
          list={list}
          query={query}
          gone={t('instances.gone')}
          nothingFound={t('repositories.nothingFound')}
          {...(isNamespace && { nothingHere: none })}
          empty={none()}
          count={(count) => t('repositories.count', { count })}
          selection={
            selection.isEmpty ? undefined : (
              <Suspense>
                <SelectionBar
                  selection={selection}
                  totalCount={totalCount}
                  onChange={(target) => setDialog({ kind: 'change', target })}
                />
              </Suspense>
            )
          }
        >
          {(repositories, stale) => (
            <RepositoryTable
              region={region}
              repositories={repositories}
              stale={stale}
              maySelect={isAdministrator || instance?.access === 'MANAGE'}
              {...sorting}
              selection={selection}
              onDelete={(repository) => setDialog({ kind: 'delete', repository })}
            />
          )}
        </List>
      </div>
      <Suspense>
        {dialog?.kind === 'create' && (
          <CreateRepositoryDialog region={region} instanceId={instanceId} namespace={namespace} onClose={close} />
        )}
        {dialog?.kind === 'change' && (
          <ChangeImmutabilityDialog
            instanceId={instanceId}
            target={dialog.target}
            repositories={selection.keys === null ? { filter } : { repositoryIds: selection.keys }}
            count={selection.keys?.length ?? totalCount}
            place={namespace || (instance?.name ?? '')}
            onStarted={(started) => {
              setFollowed(started.id)
              selection.clear()
            }}
            onClose={close}
          />
        )}
        {dialog?.kind === 'delete' && (
          <DeleteRepositoryDialog repository={dialog.repository} onClose={close} onDeleted={close} />
        )}
      </Suspense>
    </>
  )
}

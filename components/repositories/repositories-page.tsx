'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { ImmutabilityMode } from '@/lib/domain/immutability'
import type { RegionId } from '@/lib/domain/regions'
import { SelectionBar } from '../bulk/selection-bar'
import { useSelection } from '../bulk/use-selection'
import { firstRepository } from '../instances/first-repository'
import { InstancePageHead } from '../instances/instance-page-head'
import { newestChangeQuery } from '../queries/immutability-changes'
import { useInstance } from '../queries/instances'
import { allNamespacesQuery } from '../queries/namespaces'
import { repositoriesQuery } from '../queries/repositories'
import { namespacesHref } from '../routes'
import { Button } from '../ui/button'
import { ColumnsButton } from '../ui/column-choice'
import { Select } from '../ui/filters'
import { lazyComponent } from '../ui/lazy-component'
import { Link } from '../ui/link'
import { List, RefreshButton, Toolbar } from '../ui/list'
import { EmptyState } from '../ui/empty-state'
import { useListParameters } from '../ui/use-list-parameters'
import { useIsAdministrator } from '../user-context'
import { RepositoryTable, useRepositoryColumns } from './repository-table'

const ChangeProgress = lazy(() => import('../bulk/change-progress').then((it) => ({ default: it.ChangeProgress })))
const PushCommand = lazy(() => import('../instances/push-command').then((it) => ({ default: it.PushCommand })))

// Its list to search in is the largest part of the page.
const NamespaceFilter = dynamic(() => import('./namespace-filter').then((module) => module.NamespaceFilter), {
  ssr: false,
  loading: WaitingFilter,
})
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
  const namespaces = useQuery(allNamespacesQuery(instanceId)).data
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
  const newest = useQuery({ ...newestChangeQuery(instanceId), enabled: mayManage }).data
  /** The change that is followed: one that was started here, or that ran when the page was opened; null: put away. */
  const [followed, setFollowed] = useState<string | null>()
  const change = followed === undefined && newest?.state === 'RUNNING' ? newest.id : followed
  const filter = {
    ...(search !== '' && { search }),
    ...(namespace !== '' && { namespace }),
    ...(type === 'public' && { type: 'PUBLIC' as const }),
    ...(type === 'private' && { type: 'PRIVATE' as const }),
    ...(immutabilityMode !== undefined && { immutabilityMode }),
  }
  const mayCreate = namespaces?.some(({ access }) => access === 'MANAGE') === true
  const create = mayCreate && (
    <Button variant="primary" icon="plus" onClick={() => setDialog({ kind: 'create' })}>
      {t('repositories.create')}
    </Button>
  )

  /** A namespace that a push of this person makes repositories in: the one that is shown, or any. */
  const pushable = namespaces?.find(
    ({ name, access, autoCreateRepository }) =>
      autoCreateRepository && (access === 'PUSH' || access === 'MANAGE') && (namespace === '' || name === namespace),
  )
  const pushHere = pushable && instance && (
    <EmptyState
      title={namespace === '' ? t('repositories.empty') : t('repositories.pushHereTitle', { name: namespace })}
      action={
        <div className="push-here">
          <Suspense>
            <PushCommand address={`${instance.registryAddress}/${pushable.name}/${firstRepository}`} />
          </Suspense>
        </div>
      }
    >
      {t('repositories.pushHere', { name: pushable.name })}
    </EmptyState>
  )
  const isNamespace = namespace !== '' && Object.keys(filter).length === 1

  function empty() {
    if (pushHere) return pushHere
    if (!mayCreate && instance?.access !== 'MANAGE') {
      return <EmptyState title={t('repositories.emptyForMember')}>{t('repositories.emptyForMemberHelp')}</EmptyState>
    }
    return namespaces?.length === 0 ? (
      <EmptyState
        title={t('repositories.noNamespaces')}
        action={
          <Link className="button button--primary" href={namespacesHref(region, instanceId)}>
            {t('namespaces.title')}
          </Link>
        }
      >
        {t('repositories.noNamespacesHelp')}
      </EmptyState>
    ) : (
      <EmptyState title={t('repositories.empty')} action={create}>
        {t('repositories.emptyHelp')}
      </EmptyState>
    )
  }

  return (
    <>
      <InstancePageHead region={region} instanceId={instanceId} title={t('repositories.title')} buttons={create} />
      <Toolbar list={list} label={t('repositories.search')} placeholder={t('repositories.searchPlaceholder')}>
        <div className="toolbar-scroll">
          <NamespaceFilter instanceId={instanceId} {...list.filter('namespace')} />
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
        </div>
        <ColumnsButton table="repositories" always={t('repositories.name')} columns={columns} />
        <RefreshButton
          busy={query.isFetching}
          onRefresh={() => void queryClient.invalidateQueries({ queryKey: ['repositories', 'list', instanceId] })}
        />
      </Toolbar>
      {typeof change === 'string' && (
        <Suspense>
          <ChangeProgress
            key={change}
            id={change}
            takesFocus={change === followed}
            onDismiss={() => setFollowed(null)}
          />
        </Suspense>
      )}
      <div className="table-box">
        <List
          list={list}
          query={query}
          gone={t('instances.gone')}
          nothingFound={t('repositories.nothingFound')}
          {...(isNamespace && { nothingHere: pushHere })}
          empty={empty()}
          count={(count) => t('repositories.count', { count })}
          selection={
            selection.isEmpty ? undefined : (
              <SelectionBar
                selection={selection}
                totalCount={totalCount}
                onChange={(target) => setDialog({ kind: 'change', target })}
              />
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

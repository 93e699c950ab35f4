'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { instanceQuery } from '../queries/instances'
import { allNamespacesQuery } from '../queries/namespaces'
import { repositoriesQuery } from '../queries/repositories'
import { instanceHref, instancesHref, namespacesHref } from '../routes'
import { Button, IconButton } from '../ui/button'
import { SearchField, Select } from '../ui/filters'
import { PageHead } from '../ui/page'
import { EmptyState, ErrorState } from '../ui/states'
import { TableFoot } from '../ui/table-foot'
import { useListParameters } from '../ui/use-list-parameters'
import { RepositoryTable } from './repository-table'

// Loaded when one is opened: most visits open none.
const CreateRepositoryDialog = lazy(() =>
  import('./create-repository-dialog').then(({ CreateRepositoryDialog }) => ({ default: CreateRepositoryDialog })),
)
const DeleteRepositoryDialog = lazy(() =>
  import('./delete-repository-dialog').then(({ DeleteRepositoryDialog }) => ({ default: DeleteRepositoryDialog })),
)

type OpenDialog = { kind: 'create' } | { kind: 'delete'; repository: RepositoryView } | null

const noFilters = { search: '', namespace: '', type: '', immutability: '' }

/** The repositories of an instance. */
export function RepositoriesPage({ region, instanceId }: { region: RegionId; instanceId: string }) {
  const t = useTranslations()
  const list = useListParameters()
  const queryClient = useQueryClient()
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const search = list.get('search')
  const namespace = list.get('namespace')
  const type = list.get('type')
  const immutability = list.get('immutability')
  const sort = list.get('sort') || 'name'
  const isFiltered = search !== '' || namespace !== '' || type !== '' || immutability !== ''
  const instance = useQuery(instanceQuery(instanceId)).data?.data
  const namespaces = useQuery(allNamespacesQuery(instanceId)).data
  const { data, error, isPending, isFetching, isPlaceholderData, refetch } = useQuery(
    repositoriesQuery(instanceId, {
      search,
      namespace,
      type: { public: 'PUBLIC', private: 'PRIVATE' }[type] ?? '',
      tagImmutability: { immutable: 'true', mutable: 'false' }[immutability] ?? '',
      sort,
      pageSize: list.pageSize,
      cursor: list.cursor,
    }),
  )
  const mayCreate = namespaces?.some(({ access }) => access === 'MANAGE') === true
  const create = mayCreate && (
    <Button variant="primary" icon="plus" onClick={() => setDialog({ kind: 'create' })}>
      {t('repositories.create')}
    </Button>
  )

  function content() {
    if (!isPending && error) {
      return (
        <ErrorState
          title={isApiError(error, 'NOT_FOUND') ? t('instances.gone') : t('table.failed')}
          error={error}
          onRetry={() => void refetch()}
        />
      )
    }
    if (data?.items.length === 0) {
      if (isFiltered) {
        return (
          <EmptyState
            title={t('table.nothingFound')}
            action={<Button onClick={() => list.set(noFilters)}>{t('table.clearFilters')}</Button>}
          >
            {t('repositories.nothingFound')}
          </EmptyState>
        )
      }
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
      <RepositoryTable
        region={region}
        repositories={data?.items ?? null}
        stale={isPlaceholderData}
        sort={sort}
        onSort={(next) => list.set({ sort: next === 'name' ? '' : next })}
        onDelete={(repository) => setDialog({ kind: 'delete', repository })}
      />
    )
  }

  return (
    <>
      <PageHead
        crumbs={[
          { label: t('instances.title'), href: instancesHref(region) },
          { label: instance?.name ?? instanceId, href: instanceHref(region, instanceId) },
          { label: t('repositories.title') },
        ]}
        title={t('repositories.title')}
        buttons={create}
      />
      <div className="toolbar" role="search">
        <SearchField
          label={t('repositories.search')}
          placeholder={t('repositories.searchPlaceholder')}
          value={search}
          onSearch={(text) => list.set({ search: text })}
        />
        <div className="toolbar-scroll">
          <Select
            label={t('repositories.namespace')}
            value={namespace}
            onChange={(value) => list.set({ namespace: value })}
          >
            <option value="">{t('repositories.allNamespaces')}</option>
            {namespaceNames(namespaces?.map(({ name }) => name) ?? [], namespace).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </Select>
          <Select label={t('repositories.type')} value={type} onChange={(value) => list.set({ type: value })}>
            <option value="">{t('repositories.allTypes')}</option>
            <option value="public">{t('repositories.public')}</option>
            <option value="private">{t('repositories.private')}</option>
          </Select>
          <Select
            label={t('repositories.immutability')}
            value={immutability}
            onChange={(value) => list.set({ immutability: value })}
          >
            <option value="">{t('repositories.allImmutability')}</option>
            <option value="immutable">{t('repositories.immutable')}</option>
            <option value="mutable">{t('repositories.mutable')}</option>
          </Select>
        </div>
        <span className="spacer hide-sm" />
        <span className="hide-sm">
          <IconButton
            icon="refresh"
            large
            label={t('table.refresh')}
            aria-busy={isFetching}
            onClick={() => void queryClient.invalidateQueries({ queryKey: ['repositories', 'list', instanceId] })}
          />
        </span>
      </div>
      <div className="table-box">
        {content()}
        {!error && data?.items.length !== 0 && (
          <TableFoot list={list} page={data}>
            {data && t('repositories.count', { count: data.totalCount })}
          </TableFoot>
        )}
      </div>
      <Suspense>
        {dialog?.kind === 'create' && (
          <CreateRepositoryDialog
            region={region}
            instanceId={instanceId}
            namespace={namespace}
            onClose={() => setDialog(null)}
          />
        )}
        {dialog?.kind === 'delete' && (
          <DeleteRepositoryDialog
            repository={dialog.repository}
            onClose={() => setDialog(null)}
            onDeleted={() => setDialog(null)}
          />
        )}
      </Suspense>
    </>
  )
}

/** The filter's own value is a choice even while the names load, or when its namespace is gone. */
function namespaceNames(names: readonly string[], chosen: string): readonly string[] {
  return chosen === '' || names.includes(chosen) ? names : [chosen, ...names]
}

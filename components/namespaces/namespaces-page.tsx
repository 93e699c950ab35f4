'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import type { RegionId } from '@/lib/domain/regions'
import { instanceQuery } from '../queries/instances'
import { namespacesQuery } from '../queries/namespaces'
import { instanceHref, instancesHref } from '../routes'
import { Button } from '../ui/button'
import { SearchField } from '../ui/filters'
import { PageHead } from '../ui/page'
import { EmptyState, ErrorState } from '../ui/states'
import { TableFoot } from '../ui/table-foot'
import { useListParameters } from '../ui/use-list-parameters'
import { NamespaceTable } from './namespace-table'

// Loaded when one is opened: most visits open none.
const CreateNamespaceDialog = lazy(() =>
  import('./create-namespace-dialog').then(({ CreateNamespaceDialog }) => ({ default: CreateNamespaceDialog })),
)
const DeleteNamespaceDialog = lazy(() =>
  import('./delete-namespace-dialog').then(({ DeleteNamespaceDialog }) => ({ default: DeleteNamespaceDialog })),
)
const EditNamespaceDialog = lazy(() =>
  import('./edit-namespace-dialog').then(({ EditNamespaceDialog }) => ({ default: EditNamespaceDialog })),
)

type OpenDialog = { kind: 'create' } | { kind: 'edit' | 'delete'; namespace: NamespaceView } | null

/** The namespaces of an instance. */
export function NamespacesPage({ region, instanceId }: { region: RegionId; instanceId: string }) {
  const t = useTranslations()
  const list = useListParameters()
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const search = list.get('search')
  const instance = useQuery(instanceQuery(instanceId)).data?.data
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(
    namespacesQuery(instanceId, { search, pageSize: list.pageSize, cursor: list.cursor }),
  )
  const mayCreate = instance?.access === 'MANAGE'
  const create = mayCreate && (
    <Button variant="primary" icon="plus" onClick={() => setDialog({ kind: 'create' })}>
      {t('namespaces.create')}
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
      return search ? (
        <EmptyState
          title={t('table.nothingFound')}
          action={<Button onClick={() => list.set({ search: '' })}>{t('table.clearFilters')}</Button>}
        >
          {t('namespaces.nothingFound', { search })}
        </EmptyState>
      ) : (
        <EmptyState title={mayCreate ? t('namespaces.empty') : t('namespaces.emptyForMember')} action={create}>
          {mayCreate ? t('namespaces.emptyHelp') : t('namespaces.emptyForMemberHelp')}
        </EmptyState>
      )
    }
    return (
      <NamespaceTable
        region={region}
        namespaces={data?.items ?? null}
        stale={isPlaceholderData}
        onEdit={(namespace) => setDialog({ kind: 'edit', namespace })}
        onDelete={(namespace) => setDialog({ kind: 'delete', namespace })}
      />
    )
  }

  return (
    <>
      <PageHead
        crumbs={[
          { label: t('instances.title'), href: instancesHref(region) },
          { label: instance?.name ?? instanceId, href: instanceHref(region, instanceId) },
          { label: t('namespaces.title') },
        ]}
        title={t('namespaces.title')}
        buttons={create}
      />
      <div className="toolbar" role="search">
        <SearchField
          label={t('namespaces.search')}
          placeholder={t('namespaces.searchPlaceholder')}
          value={search}
          onSearch={(text) => list.set({ search: text })}
        />
      </div>
      <div className="table-box">
        {content()}
        {!error && data?.items.length !== 0 && (
          <TableFoot list={list} page={data}>
            {data && t('namespaces.count', { count: data.totalCount })}
          </TableFoot>
        )}
      </div>
      <Suspense>
        {dialog?.kind === 'create' && <CreateNamespaceDialog instanceId={instanceId} onClose={() => setDialog(null)} />}
        {dialog?.kind === 'edit' && (
          <EditNamespaceDialog namespaceId={dialog.namespace.id} onClose={() => setDialog(null)} />
        )}
        {dialog?.kind === 'delete' && (
          <DeleteNamespaceDialog region={region} namespaceId={dialog.namespace.id} onClose={() => setDialog(null)} />
        )}
      </Suspense>
    </>
  )
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import type { RegionId } from '@/lib/domain/regions'
import { InstancePageHead } from '../instances/instance-page-head'
import { instanceQuery } from '../queries/instances'
import { namespacesQuery } from '../queries/namespaces'
import { Button } from '../ui/button'
import { lazyComponent } from '../ui/lazy-component'
import { List, Toolbar } from '../ui/list'
import { EmptyState } from '../ui/empty-state'
import { useListParameters } from '../ui/use-list-parameters'
import { NamespaceTable } from './namespace-table'

const CreateNamespaceDialog = lazyComponent(() => import('./create-namespace-dialog'), 'CreateNamespaceDialog')
const DeleteNamespaceDialog = lazyComponent(() => import('./delete-namespace-dialog'), 'DeleteNamespaceDialog')
const EditNamespaceDialog = lazyComponent(() => import('./edit-namespace-dialog'), 'EditNamespaceDialog')

type OpenDialog = { kind: 'create' } | { kind: 'edit' | 'delete'; namespace: NamespaceView } | null

/** The namespaces of an instance. */
export function NamespacesPage({ region, instanceId }: { region: RegionId; instanceId: string }) {
  const t = useTranslations()
  const list = useListParameters(['search'])
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const close = () => setDialog(null)
  const query = useQuery(namespacesQuery(instanceId, { ...list.filters, ...list.page }))
  const mayCreate = useQuery(instanceQuery(instanceId)).data?.data.access === 'MANAGE'
  const create = mayCreate && (
    <Button variant="primary" icon="plus" onClick={() => setDialog({ kind: 'create' })}>
      {t('namespaces.create')}
    </Button>
  )
  return (
    <>
      <InstancePageHead region={region} instanceId={instanceId} title={t('namespaces.title')} buttons={create} />
      <Toolbar list={list} label={t('namespaces.search')} placeholder={t('namespaces.searchPlaceholder')} />
      <div className="table-box">
        <List
          list={list}
          query={query}
          gone={t('instances.gone')}
          nothingFound={t('namespaces.nothingFound', list.filters)}
          empty={
            <EmptyState title={mayCreate ? t('namespaces.empty') : t('namespaces.emptyForMember')} action={create}>
              {mayCreate ? t('namespaces.emptyHelp') : t('namespaces.emptyForMemberHelp')}
            </EmptyState>
          }
          count={(count) => t('namespaces.count', { count })}
        >
          {(namespaces, stale) => (
            <NamespaceTable
              region={region}
              namespaces={namespaces}
              stale={stale}
              onEdit={(namespace) => setDialog({ kind: 'edit', namespace })}
              onDelete={(namespace) => setDialog({ kind: 'delete', namespace })}
            />
          )}
        </List>
      </div>
      <Suspense>
        {dialog?.kind === 'create' && <CreateNamespaceDialog instanceId={instanceId} onClose={close} />}
        {dialog?.kind === 'edit' && <EditNamespaceDialog namespaceId={dialog.namespace.id} onClose={close} />}
        {dialog?.kind === 'delete' && (
          <DeleteNamespaceDialog region={region} namespaceId={dialog.namespace.id} onClose={close} />
        )}
      </Suspense>
    </>
  )
}

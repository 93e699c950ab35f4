'use client'

import { useTranslations } from 'next-intl'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import type { RegionId } from '@/lib/domain/regions'
import { repositoriesHref } from '../routes'
import { TextButton } from '../ui/button'
import { Link } from '../ui/link'
import { Status } from '../ui/status'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import { ImmutabilityStatus } from '../immutability/immutability-status'
import { TypeStatus } from '../repositories/repository-status'

interface NamespaceTableProps {
  region: RegionId
  /** Null while they load. */
  namespaces: readonly NamespaceView[] | null
  stale: boolean
  onEdit: (namespace: NamespaceView) => void
  onDelete: (namespace: NamespaceView) => void
}

/** Namespaces and what repositories made by a push begin with. */
export function NamespaceTable({ region, namespaces, stale, onEdit, onDelete }: NamespaceTableProps) {
  const t = useTranslations()
  const format = useFormat()
  const columns: Column<NamespaceView>[] = [
    {
      key: 'name',
      header: t('namespaces.name'),
      kind: 'name',
      skeleton: 'lg',
      cell: (namespace) => (
        <Link href={repositoriesHref(region, namespace.instanceId, namespace.name)}>{namespace.name}</Link>
      ),
    },
    {
      key: 'repositories',
      header: t('repositories.title'),
      kind: 'number',
      skeleton: 'sm',
      cell: (namespace) => format.number(namespace.repositoryCount),
    },
    {
      key: 'auto',
      header: t('namespaces.autoCreate'),
      repeatsHeader: true,
      gives: 3,
      skeleton: 'md',
      cell: (namespace) =>
        namespace.autoCreateRepository ? (
          <Status icon="ok">{t('namespaces.on')}</Status>
        ) : (
          <Status icon="off" tone="quiet">
            {t('namespaces.off')}
          </Status>
        ),
    },
    {
      key: 'type',
      header: t('namespaces.defaultType'),
      gives: 2,
      skeleton: 'md',
      cell: (namespace) => <TypeStatus type={namespace.defaultRepositoryType} />,
    },
    {
      key: 'immutability',
      header: t('namespaces.defaultImmutability'),
      skeleton: 'lg',
      cell: (namespace) => <ImmutabilityStatus mode={namespace.defaultImmutability.mode} />,
    },
    {
      key: 'created',
      header: t('namespaces.created'),
      repeatsHeader: true,
      gives: 0,
      skeleton: 'md',
      cell: (namespace) => <Time value={namespace.createdAt} format="date" />,
    },
    {
      key: 'actions',
      header: t('table.actions'),
      kind: 'actions',
      skeleton: 'lg',
      cell: (namespace) =>
        namespace.access === 'MANAGE' && (
          <>
            <TextButton aria-label={t('common.editNamed', { name: namespace.name })} onClick={() => onEdit(namespace)}>
              {t('common.edit')}
            </TextButton>
            <TextButton
              danger
              aria-label={t('common.deleteNamed', { name: namespace.name })}
              onClick={() => onDelete(namespace)}
            >
              {t('common.delete')}
            </TextButton>
          </>
        ),
    },
  ]
  const isReadOnly = namespaces?.every(({ access }) => access !== 'MANAGE') === true
  return (
    <Table
      label={t('namespaces.title')}
      columns={isReadOnly ? columns.slice(0, -1) : columns}
      rows={namespaces}
      rowKey={(namespace) => namespace.id}
      stale={stale}
    />
  )
}

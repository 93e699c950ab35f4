'use client'

import { useTranslations } from 'next-intl'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RegionId } from '@/lib/domain/regions'
import { instanceHref } from '../routes'
import { TextButton } from '../ui/button'
import { Copyable } from '../ui/copy-button'
import { Link } from '../ui/link'
import { Status } from '../ui/status'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import { useIsAdministrator } from '../user-context'

interface InstanceTableProps {
  region: RegionId
  /** Null while they load. */
  instances: readonly InstanceView[] | null
  stale: boolean
  onRename: (instance: InstanceView) => void
  onDelete: (instance: InstanceView) => void
}

/** Instances as a table. */
export function InstanceTable({ region, instances, stale, onRename, onDelete }: InstanceTableProps) {
  const t = useTranslations()
  const format = useFormat()
  const isAdministrator = useIsAdministrator()
  const columns: Column<InstanceView>[] = [
    {
      key: 'name',
      header: t('instances.nameAndId'),
      kind: 'name',
      skeleton: 'xl',
      cell: (instance) => (
        <span className="cell-stack">
          <Link href={instanceHref(region, instance.id)}>{instance.name}</Link>
          <small className="mono">{instance.id}</small>
        </span>
      ),
    },
    {
      key: 'status',
      header: t('instances.status'),
      skeleton: 'md',
      cell: () => (
        <Status icon="ok" tone="ok">
          {t('instances.running')}
        </Status>
      ),
    },
    {
      key: 'specification',
      header: t('instances.specification'),
      gives: 2,
      skeleton: 'md',
      cell: (instance) => (
        <span className="cell-stack">
          <span>{t('instances.edition')}</span>
          <small>{t(`instances.specifications.${instance.specification}`)}</small>
        </span>
      ),
    },
    {
      key: 'endpoint',
      header: t('instances.endpoint'),
      gives: 1,
      skeleton: 'xl',
      cell: (instance) => (
        <Copyable text={instance.registryAddress} label={t('instances.copyEndpoint', { name: instance.name })} />
      ),
    },
    {
      key: 'repositories',
      header: t('instances.repositories'),
      kind: 'number',
      skeleton: 'sm',
      cell: (instance) => format.number(instance.repositoryCount),
    },
    {
      key: 'tags',
      header: t('instances.tags'),
      kind: 'number',
      repeatsHeader: true,
      gives: 3,
      skeleton: 'sm',
      cell: (instance) => format.number(instance.tagCount),
    },
    {
      key: 'storage',
      header: t('instances.storage'),
      kind: 'number',
      skeleton: 'md',
      cell: (instance) => format.bytes(instance.storageBytes),
    },
    {
      key: 'created',
      header: t('instances.created'),
      repeatsHeader: true,
      gives: 2,
      skeleton: 'md',
      cell: (instance) => <Time value={instance.createdAt} format="date" />,
    },
    {
      key: 'actions',
      header: t('table.actions'),
      kind: 'actions',
      skeleton: 'lg',
      cell: (instance) => (
        <>
          <Link
            href={instanceHref(region, instance.id)}
            aria-label={
              instance.access === 'MANAGE'
                ? t('common.manageNamed', { name: instance.name })
                : t('common.viewNamed', { name: instance.name })
            }
          >
            {instance.access === 'MANAGE' ? t('common.manage') : t('common.view')}
          </Link>
          {isAdministrator && (
            <TextButton
              aria-label={t('instances.renameNamed', { name: instance.name })}
              onClick={() => onRename(instance)}
            >
              {t('instances.rename')}
            </TextButton>
          )}
          {isAdministrator && !instance.isDefault && (
            <TextButton
              danger
              aria-label={t('common.deleteNamed', { name: instance.name })}
              onClick={() => onDelete(instance)}
            >
              {t('common.delete')}
            </TextButton>
          )}
        </>
      ),
    },
  ]
  return (
    <Table
      label={t('instances.title')}
      columns={columns}
      rows={instances}
      rowKey={(instance) => instance.id}
      stale={stale}
    />
  )
}

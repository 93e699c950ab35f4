'use client'

import { useTranslations } from 'next-intl'
import type { RegionId } from '@/lib/domain/regions'
import { useDeleteInstance } from '../queries/instance-changes'
import { instanceQuery } from '../queries/instances'
import { namespacesHref } from '../routes'
import { Banner } from '../ui/banner'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { Link } from '../ui/link'
import { NoticeDialog } from '../ui/notice-dialog'
import { OpenedDialog } from '../ui/opened-dialog'

interface DeleteInstanceDialogProps {
  region: RegionId
  instanceId: string
  onClose: () => void
}

/** Deletes an instance that is empty, once its name is typed out. */
export function DeleteInstanceDialog({ region, instanceId, onClose }: DeleteInstanceDialogProps) {
  const t = useTranslations()
  const remove = useDeleteInstance(instanceId)
  return (
    <OpenedDialog title={t('instances.delete')} query={instanceQuery(instanceId)} onClose={onClose}>
      {({ current: { data: instance, etag }, reload }) =>
        instance.namespaceCount > 0 ? (
          <NoticeDialog title={t('instances.delete')} subject={instance.name} onClose={onClose}>
            <Banner tone="warn" icon="warn">
              <p>{t('instances.notEmpty', { count: instance.namespaceCount })}</p>
              <p>
                <Link href={namespacesHref(region, instance.id)}>{t('namespaces.title')}</Link>
              </p>
            </Banner>
          </NoticeDialog>
        ) : (
          <ConfirmDialog
            title={t('instances.delete')}
            subject={instance.name}
            consequence={t('instances.deleteConsequence', { host: instance.registryAddress })}
            confirm={t('instances.delete')}
            typed
            action={remove}
            variables={etag}
            done={{ title: t('instances.deleted', { name: instance.name }) }}
            reload={reload}
            onClose={onClose}
          />
        )
      }
    </OpenedDialog>
  )
}

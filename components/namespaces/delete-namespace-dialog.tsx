'use client'

import { useTranslations } from 'next-intl'
import type { RegionId } from '@/lib/domain/regions'
import { useDeleteNamespace } from '../queries/namespace-changes'
import { namespaceQuery } from '../queries/namespaces'
import { repositoriesHref } from '../routes'
import { Banner } from '../ui/banner'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { Link } from '../ui/link'
import { NoticeDialog } from '../ui/notice-dialog'
import { OpenedDialog } from '../ui/opened-dialog'

interface DeleteNamespaceDialogProps {
  region: RegionId
  namespaceId: string
  onClose: () => void
}

/** Deletes a namespace that is empty, once its name is typed out. */
export function DeleteNamespaceDialog({ region, namespaceId, onClose }: DeleteNamespaceDialogProps) {
  const t = useTranslations()
  const remove = useDeleteNamespace(namespaceId)
  return (
    <OpenedDialog title={t('namespaces.delete')} query={namespaceQuery(namespaceId)} onClose={onClose}>
      {({ current: { data: namespace, etag }, reload }) =>
        namespace.repositoryCount > 0 ? (
          <NoticeDialog title={t('namespaces.delete')} subject={namespace.name} onClose={onClose}>
            <Banner tone="warn" icon="warn">
              <p>{t('namespaces.notEmpty', { count: namespace.repositoryCount })}</p>
              <p>
                <Link href={repositoriesHref(region, namespace.instanceId, namespace.name)}>
                  {t('repositories.title')}
                </Link>
              </p>
            </Banner>
          </NoticeDialog>
        ) : (
          <ConfirmDialog
            title={t('namespaces.delete')}
            subject={namespace.name}
            consequence={t('namespaces.deleteConsequence')}
            confirm={t('namespaces.delete')}
            typed
            action={remove}
            variables={etag}
            done={{ title: t('namespaces.deleted', { name: namespace.name }) }}
            reload={reload}
            onClose={onClose}
          />
        )
      }
    </OpenedDialog>
  )
}

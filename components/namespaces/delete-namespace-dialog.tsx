'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { RegionId } from '@/lib/domain/regions'
import { namespaceQuery, useDeleteNamespace } from '../queries/namespaces'
import { repositoriesHref } from '../routes'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { LoadingDialog } from '../ui/loading-dialog'
import { useToast } from '../ui/toast'
import { TypedNameField } from '../ui/typed-name-field'
import { useOpened } from '../ui/use-opened'

interface DeleteNamespaceDialogProps {
  region: RegionId
  namespaceId: string
  onClose: () => void
}

/** Deletes a namespace that is empty, once its name is typed out. */
export function DeleteNamespaceDialog({ region, namespaceId, onClose }: DeleteNamespaceDialogProps) {
  const t = useTranslations()
  const toast = useToast()
  const query = useQuery({ ...namespaceQuery(namespaceId), staleTime: 0 })
  const opened = useOpened(query)
  const remove = useDeleteNamespace(namespaceId)
  const [typed, setTyped] = useState('')

  if (opened === null) return <LoadingDialog title={t('namespaces.delete')} query={query} onClose={onClose} />
  const { data: namespace, etag } = query.data ?? opened
  if (namespace.repositoryCount > 0) {
    return (
      <Dialog
        title={t('namespaces.delete')}
        subject={namespace.name}
        confirm={t('common.close')}
        onClose={onClose}
        onSubmit={onClose}
        foot={<Button type="submit">{t('common.close')}</Button>}
      >
        <Banner tone="warn" icon="warn">
          <p>{t('namespaces.notEmpty', { count: namespace.repositoryCount })}</p>
          <p>
            <Link href={repositoriesHref(region, namespace.instanceId, namespace.name)}>{t('repositories.title')}</Link>
          </p>
        </Banner>
      </Dialog>
    )
  }
  return (
    <Dialog
      title={t('namespaces.delete')}
      subject={namespace.name}
      confirm={t('namespaces.delete')}
      danger
      busy={remove.isPending}
      disabled={typed !== namespace.name}
      onClose={onClose}
      onSubmit={() =>
        remove.mutate(etag, {
          onSuccess: () => {
            toast({ title: t('namespaces.deleted', { name: namespace.name }) })
            onClose()
          },
          onError: (failure) => {
            if (isApiError(failure, 'PRECONDITION_FAILED')) void query.refetch()
          },
        })
      }
    >
      <FormError error={remove.error} />
      <p>{t('namespaces.deleteConsequence')}</p>
      <TypedNameField name={namespace.name} value={typed} onChange={setTyped} />
    </Dialog>
  )
}

'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { RegionId } from '@/lib/domain/regions'
import { instanceQuery, useDeleteInstance } from '../queries/instances'
import { namespacesHref } from '../routes'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { LoadingDialog } from '../ui/loading-dialog'
import { useToast } from '../ui/toast'
import { TypedNameField } from '../ui/typed-name-field'
import { useOpened } from '../ui/use-opened'

interface DeleteInstanceDialogProps {
  region: RegionId
  instanceId: string
  onClose: () => void
}

/** Deletes an instance that is empty, once its name is typed out. */
export function DeleteInstanceDialog({ region, instanceId, onClose }: DeleteInstanceDialogProps) {
  const t = useTranslations()
  const toast = useToast()
  const query = useQuery({ ...instanceQuery(instanceId), staleTime: 0 })
  const opened = useOpened(query)
  const remove = useDeleteInstance(instanceId)
  const [typed, setTyped] = useState('')

  if (opened === null) return <LoadingDialog title={t('instances.delete')} query={query} onClose={onClose} />
  const { data: instance, etag } = query.data ?? opened
  if (instance.namespaceCount > 0) {
    return (
      <Dialog
        title={t('instances.delete')}
        subject={instance.name}
        confirm={t('common.close')}
        onClose={onClose}
        onSubmit={onClose}
        foot={<Button type="submit">{t('common.close')}</Button>}
      >
        <Banner tone="warn" icon="warn">
          <p>{t('instances.notEmpty', { count: instance.namespaceCount })}</p>
          <p>
            <Link href={namespacesHref(region, instance.id)}>{t('namespaces.title')}</Link>
          </p>
        </Banner>
      </Dialog>
    )
  }
  return (
    <Dialog
      title={t('instances.delete')}
      subject={instance.name}
      confirm={t('instances.delete')}
      danger
      busy={remove.isPending}
      disabled={typed !== instance.name}
      onClose={onClose}
      onSubmit={() =>
        remove.mutate(etag, {
          onSuccess: () => {
            toast({ title: t('instances.deleted', { name: instance.name }) })
            onClose()
          },
          onError: (failure) => {
            if (isApiError(failure, 'PRECONDITION_FAILED')) void query.refetch()
          },
        })
      }
    >
      <FormError error={remove.error} />
      <p>{t('instances.deleteConsequence', { host: instance.endpoints.internet })}</p>
      <TypedNameField name={instance.name} value={typed} onChange={setTyped} />
    </Dialog>
  )
}

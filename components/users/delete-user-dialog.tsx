'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { LoadingDialog } from '../ui/loading-dialog'
import { useToast } from '../ui/toast'
import { TypedNameField } from '../ui/typed-name-field'
import { userQuery, useDeleteUser } from './queries'

interface DeleteUserDialogProps {
  userId: string
  onClose: () => void
  /** Called once the user is gone, before `onClose`. */
  onDeleted?: () => void
}

/** Deletes a user, once their name is typed out. */
export function DeleteUserDialog({ userId, onClose, onDeleted }: DeleteUserDialogProps) {
  const t = useTranslations()
  const toast = useToast()
  const { data: current, error, isFetching, refetch } = useQuery({ ...userQuery(userId), staleTime: 0 })
  const remove = useDeleteUser(userId)
  const [typed, setTyped] = useState('')

  if (!current || (isFetching && remove.isIdle)) {
    return (
      <LoadingDialog
        title={t('users.delete')}
        error={isFetching ? null : error}
        onRetry={() => void refetch()}
        onClose={onClose}
      />
    )
  }
  const { data: user, etag } = current
  return (
    <Dialog
      title={t('users.delete')}
      subject={user.name}
      confirm={t('users.delete')}
      danger
      busy={remove.isPending}
      disabled={typed !== user.name}
      onClose={onClose}
      onSubmit={() =>
        remove.mutate(etag, {
          onSuccess: () => {
            toast({ title: t('users.deleted', { name: user.name }) })
            onDeleted?.()
            onClose()
          },
          onError: (failure) => {
            if (isApiError(failure, 'PRECONDITION_FAILED')) void refetch()
          },
        })
      }
    >
      <FormError error={remove.error} />
      <p>{t('users.deleteConsequence', { count: user.grantCount })}</p>
      <TypedNameField name={user.name} value={typed} onChange={setTyped} />
    </Dialog>
  )
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { isApiError } from '@/lib/api/client/api-error'
import { userQuery, useDeleteUser } from '../queries/users'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { LoadingDialog } from '../ui/loading-dialog'
import { useToast } from '../ui/toast'
import { useOpened } from '../ui/use-opened'

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
  const query = useQuery({ ...userQuery(userId), staleTime: 0 })
  const opened = useOpened(query)
  const remove = useDeleteUser(userId)

  if (opened === null) return <LoadingDialog title={t('users.delete')} query={query} onClose={onClose} />
  const { data: user, etag } = query.data ?? opened

  function done() {
    toast({ title: t('users.deleted', { name: user.name }) })
    onDeleted?.()
    onClose()
  }

  return (
    <ConfirmDialog
      title={t('users.delete')}
      subject={user.name}
      consequence={t('users.deleteConsequence', { count: user.grantCount })}
      confirm={t('users.delete')}
      typed
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(etag, {
          onSuccess: done,
          onError: (failure) => {
            if (isApiError(failure, 'PRECONDITION_FAILED')) void query.refetch()
          },
        })
      }
    />
  )
}

'use client'

import { useTranslations } from 'next-intl'
import { useDeleteUser } from '../queries/user-changes'
import { userQuery } from '../queries/users'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { OpenedDialog } from '../ui/opened-dialog'

interface DeleteUserDialogProps {
  userId: string
  onClose: () => void
  /** Called once the user is gone, before `onClose`. */
  onDeleted?: () => void
}

/** Deletes a user, once their name is typed out. */
export function DeleteUserDialog({ userId, onClose, onDeleted }: DeleteUserDialogProps) {
  const t = useTranslations()
  const remove = useDeleteUser(userId)
  return (
    <OpenedDialog title={t('users.delete')} query={userQuery(userId)} onClose={onClose}>
      {({ current: { data: user, etag }, reload }) => (
        <ConfirmDialog
          title={t('users.delete')}
          subject={user.name}
          consequence={t('users.deleteConsequence', { count: user.grantCount })}
          confirm={t('users.delete')}
          typed
          action={remove}
          variables={etag}
          done={{ title: t('users.deleted', { name: user.name }) }}
          {...(onDeleted && { onDone: onDeleted })}
          reload={reload}
          onClose={onClose}
        />
      )}
    </OpenedDialog>
  )
}

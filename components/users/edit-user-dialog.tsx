'use client'

import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import type { Versioned } from '@/lib/api/client/api'
import { isApiError } from '@/lib/api/client/api-error'
import type { UserView } from '@/lib/api/schemas/users'
import { userQuery, useUpdateUser } from '../queries/users'
import { EditDialog } from '../ui/edit-dialog'
import { LoadingDialog } from '../ui/loading-dialog'
import { useToast } from '../ui/toast'
import { useEdit } from '../ui/use-edit'
import { useOpened } from '../ui/use-opened'
import { useUserId } from '../user-context'
import { UserFields } from './user-fields'
import type { UserSettings } from './user-fields'

interface EditUserDialogProps {
  userId: string
  onClose: () => void
}

/** Changes a user's display name and role. */
export function EditUserDialog({ userId, onClose }: EditUserDialogProps) {
  const t = useTranslations()
  const query = useQuery({ ...userQuery(userId), staleTime: 0 })
  const opened = useOpened(query)
  if (opened === null) return <LoadingDialog title={t('users.edit')} query={query} onClose={onClose} />
  return <EditForm opened={opened} onReload={query.refetch} onClose={onClose} />
}

interface EditFormProps {
  opened: Versioned<UserView>
  onReload: () => Promise<{ data: Versioned<UserView> | undefined }>
  onClose: () => void
}

function settingsOf({ displayName, role }: UserView): UserSettings {
  return { displayName, role }
}

function EditForm({ opened, onReload, onClose }: EditFormProps) {
  const t = useTranslations()
  const toast = useToast()
  const router = useRouter()
  const ownId = useUserId()
  const edit = useEdit({
    opened,
    settingsOf,
    update: useUpdateUser(opened.data.id),
    onReload,
    onSaved: ({ id, name }) => {
      toast({ title: t('users.saved', { name }) })
      onClose()
      // What the frame and the pages offer depends on one's own role.
      if (id === ownId) router.refresh()
    },
  })
  const isNameRefused = isApiError(edit.error, 'BAD_REQUEST')

  function word<Name extends keyof UserSettings>(name: Name, value: UserSettings[Name]): string {
    return name === 'role' ? t(`users.roles.${value as UserSettings['role']}`) : value
  }

  return (
    <EditDialog
      title={t('users.edit')}
      subject={edit.base.name}
      edit={isNameRefused ? { ...edit, error: null } : edit}
      conflict={t('users.conflict')}
      labels={{ displayName: t('users.displayName'), role: t('users.role') }}
      word={word}
      onClose={onClose}
    >
      <UserFields values={edit.values} isNameWrong={isNameRefused} onChange={edit.set} />
    </EditDialog>
  )
}

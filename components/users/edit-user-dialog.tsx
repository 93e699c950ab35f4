'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import type { UserView } from '@/lib/api/schemas/users'
import { useUpdateUser } from '../queries/user-changes'
import { userQuery } from '../queries/users'
import { EditDialog } from '../ui/edit-dialog'
import { OpenedDialog } from '../ui/opened-dialog'
import type { Opened } from '../ui/opened-dialog'
import { useEdit } from '../ui/use-edit'
import { useUserId } from '../user-context'
import { CountPulls } from '../figures/count-pulls'
import { UserFields } from './user-fields'
import type { UserSettings } from './user-fields'

interface EditUserDialogProps {
  userId: string
  onClose: () => void
}

/** Changes a user's display name and role, and whether their pulls are counted. */
export function EditUserDialog({ userId, onClose }: EditUserDialogProps) {
  const t = useTranslations()
  return (
    <OpenedDialog title={t('users.edit')} query={userQuery(userId)} onClose={onClose}>
      {(dialog) => <EditForm {...dialog} />}
    </OpenedDialog>
  )
}

type Settings = UserSettings & Pick<UserView, 'arePullsCounted'>

function settingsOf({ displayName, role, arePullsCounted }: UserView): Settings {
  return { displayName, role, arePullsCounted }
}

function EditForm(dialog: Opened<UserView>) {
  const t = useTranslations()
  const router = useRouter()
  const ownId = useUserId()
  const edit = useEdit({
    dialog,
    settingsOf,
    update: useUpdateUser(dialog.opened.data.id),
    saved: ({ id, name }) => {
      // What the frame and the pages offer depends on one's own role.
      if (id === ownId) router.refresh()
      return { title: t('users.saved', { name }) }
    },
  })

  function word(name: keyof Settings, value: Settings[keyof Settings]): string {
    if (typeof value === 'boolean') return value ? t('figures.counted') : t('figures.notCounted')
    return name === 'role' ? t(`users.roles.${value as UserSettings['role']}`) : value
  }

  return (
    <EditDialog
      title={t('users.edit')}
      subject={edit.base.name}
      edit={edit}
      conflict={t('users.conflict')}
      labels={{ displayName: t('users.displayName'), role: t('users.role'), arePullsCounted: t('figures.countPulls') }}
      word={word}
    >
      <UserFields values={edit.values} isNameWrong={false} onChange={edit.set} />
      <CountPulls checked={edit.values.arePullsCounted} onChange={(arePullsCounted) => edit.set({ arePullsCounted })} />
    </EditDialog>
  )
}

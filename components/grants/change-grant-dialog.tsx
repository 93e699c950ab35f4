'use client'

import { useTranslations } from 'next-intl'
import type { GrantView } from '@/lib/api/schemas/grants'
import { useUpdateGrant } from '../queries/grant-changes'
import { grantQuery } from '../queries/grants'
import { EditDialog } from '../ui/edit-dialog'
import { OpenedDialog } from '../ui/opened-dialog'
import type { Opened } from '../ui/opened-dialog'
import { useEdit } from '../ui/use-edit'
import { PermissionChoices } from './permission'
import { useScopeText } from './use-scope-text'

interface ChangeGrantDialogProps {
  grantId: string
  onClose: () => void
}

/** Changes what a grant allows. */
export function ChangeGrantDialog({ grantId, onClose }: ChangeGrantDialogProps) {
  const t = useTranslations()
  return (
    <OpenedDialog title={t('grants.changeTitle')} query={grantQuery(grantId)} onClose={onClose}>
      {(dialog) => <ChangeForm {...dialog} />}
    </OpenedDialog>
  )
}

function settingsOf({ permission }: GrantView): Pick<GrantView, 'permission'> {
  return { permission }
}

function ChangeForm(dialog: Opened<GrantView>) {
  const t = useTranslations()
  const scopeText = useScopeText()
  const named = { subject: dialog.opened.data.subject.name, scope: scopeText(dialog.opened.data.scope) }
  const edit = useEdit({
    dialog,
    settingsOf,
    update: useUpdateGrant(dialog.opened.data.id),
    saved: ({ permission }) => ({
      title: t('grants.changed', { ...named, permission: t(`grants.permissions.${permission}`) }),
    }),
  })
  return (
    <EditDialog
      title={t('grants.changeTitle')}
      subject={t('grants.named', named)}
      edit={edit}
      conflict={t('grants.conflict')}
      labels={{ permission: t('grants.permission') }}
      word={(_, permission: GrantView['permission']) => t(`grants.permissions.${permission}`)}
    >
      <PermissionChoices value={edit.values.permission} onChange={(permission) => edit.set({ permission })} />
    </EditDialog>
  )
}

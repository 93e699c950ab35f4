'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { Versioned } from '@/lib/api/client/api'
import type { GrantView } from '@/lib/api/schemas/grants'
import { grantQuery, useUpdateGrant } from '../queries/grants'
import { EditDialog } from '../ui/edit-dialog'
import { LoadingDialog } from '../ui/loading-dialog'
import { useToast } from '../ui/toast'
import { useEdit } from '../ui/use-edit'
import { useOpened } from '../ui/use-opened'
import { PermissionChoices } from './permission'
import { useScopeText } from './use-scope-text'

interface ChangeGrantDialogProps {
  grantId: string
  onClose: () => void
}

/** Changes what a grant allows. */
export function ChangeGrantDialog({ grantId, onClose }: ChangeGrantDialogProps) {
  const t = useTranslations()
  const query = useQuery({ ...grantQuery(grantId), staleTime: 0 })
  const opened = useOpened(query)
  if (opened === null) return <LoadingDialog title={t('grants.changeTitle')} query={query} onClose={onClose} />
  return <ChangeForm opened={opened} onReload={query.refetch} onClose={onClose} />
}

interface ChangeFormProps {
  opened: Versioned<GrantView>
  onReload: () => Promise<{ data: Versioned<GrantView> | undefined }>
  onClose: () => void
}

function settingsOf({ permission }: GrantView): Pick<GrantView, 'permission'> {
  return { permission }
}

function ChangeForm({ opened, onReload, onClose }: ChangeFormProps) {
  const t = useTranslations()
  const toast = useToast()
  const scopeText = useScopeText()
  const named = { subject: opened.data.subject.name, scope: scopeText(opened.data.scope) }
  const edit = useEdit({
    opened,
    settingsOf,
    update: useUpdateGrant(opened.data.id),
    onReload,
    onSaved: ({ permission }) => {
      toast({ title: t('grants.changed', { ...named, permission: t(`grants.permissions.${permission}`) }) })
      onClose()
    },
  })
  return (
    <EditDialog
      title={t('grants.changeTitle')}
      subject={t('grants.named', named)}
      edit={edit}
      conflict={t('grants.conflict')}
      labels={{ permission: t('grants.permission') }}
      word={(_, permission: GrantView['permission']) => t(`grants.permissions.${permission}`)}
      onClose={onClose}
    >
      <PermissionChoices value={edit.values.permission} onChange={(permission) => edit.set({ permission })} />
    </EditDialog>
  )
}

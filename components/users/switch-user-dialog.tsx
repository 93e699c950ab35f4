'use client'

import { useTranslations } from 'next-intl'
import type { UserView } from '@/lib/api/schemas/users'
import { useUpdateUser } from '../queries/user-changes'
import { ConfirmDialog } from '../ui/confirm-dialog'

interface SwitchUserDialogProps {
  /** As it was when the command was chosen. */
  user: UserView
  onClose: () => void
}

/** Disables a user, or enables one again. */
export function SwitchUserDialog({ user, onClose }: SwitchUserDialogProps) {
  const t = useTranslations()
  const update = useUpdateUser(user.id)
  const { name, isDisabled } = user
  const isDisabling = !isDisabled
  return (
    <ConfirmDialog
      title={isDisabling ? t('users.disableTitle') : t('users.enableTitle')}
      subject={name}
      consequence={isDisabling ? t('users.disableConsequence') : t('users.enableConsequence')}
      confirm={isDisabling ? t('users.disable') : t('users.enable')}
      danger={isDisabling}
      action={update}
      variables={{ body: { isDisabled: isDisabling } }}
      done={{ title: isDisabling ? t('users.wasDisabled', { name }) : t('users.wasEnabled', { name }) }}
      onClose={onClose}
    />
  )
}

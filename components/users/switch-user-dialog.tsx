'use client'

import { useTranslations } from 'next-intl'
import type { UserView } from '@/lib/api/schemas/users'
import { useUpdateUser } from '../queries/users'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { useToast } from '../ui/toast'

interface SwitchUserDialogProps {
  /** As it was when the command was chosen. */
  user: UserView
  onClose: () => void
}

/** Disables a user, or enables one again. */
export function SwitchUserDialog({ user, onClose }: SwitchUserDialogProps) {
  const t = useTranslations()
  const toast = useToast()
  const update = useUpdateUser(user.id)
  const isDisabling = !user.isDisabled

  function done() {
    const { name } = user
    toast({ title: isDisabling ? t('users.wasDisabled', { name }) : t('users.wasEnabled', { name }) })
    onClose()
  }

  return (
    <ConfirmDialog
      title={isDisabling ? t('users.disableTitle') : t('users.enableTitle')}
      subject={user.name}
      consequence={isDisabling ? t('users.disableConsequence') : t('users.enableConsequence')}
      confirm={isDisabling ? t('users.disable') : t('users.enable')}
      danger={isDisabling}
      busy={update.isPending}
      error={update.error}
      onClose={onClose}
      onConfirm={() => update.mutate({ body: { isDisabled: isDisabling } }, { onSuccess: done })}
    />
  )
}

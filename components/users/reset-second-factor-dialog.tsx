'use client'

import { useTranslations } from 'next-intl'
import type { UserView } from '@/lib/api/schemas/users'
import { useResetSecondFactor } from '../queries/users'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { useToast } from '../ui/toast'

/** Takes a user's second factor away, for who has lost it. */
export function ResetSecondFactorDialog({ user, onClose }: { user: UserView; onClose: () => void }) {
  const t = useTranslations()
  const toast = useToast()
  const reset = useResetSecondFactor(user.id)

  function done() {
    toast({ title: t('users.secondFactorReset', { name: user.name }) })
    onClose()
  }

  return (
    <ConfirmDialog
      title={t('users.resetSecondFactor')}
      subject={user.name}
      consequence={t('users.resetSecondFactorConsequence')}
      confirm={t('users.reset')}
      busy={reset.isPending}
      error={reset.error}
      onClose={onClose}
      onConfirm={() => reset.mutate(undefined, { onSuccess: done })}
    />
  )
}

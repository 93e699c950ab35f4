'use client'

import { useTranslations } from 'next-intl'
import type { UserView } from '@/lib/api/schemas/users'
import { useResetSecondFactor } from '../queries/user-changes'
import { ConfirmDialog } from '../ui/confirm-dialog'

/** Removes the second factor of a user who has lost it. */
export function ResetSecondFactorDialog({ user, onClose }: { user: UserView; onClose: () => void }) {
  const t = useTranslations()
  const reset = useResetSecondFactor(user.id)

  return (
    <ConfirmDialog
      title={t('users.resetSecondFactor')}
      subject={user.name}
      consequence={t('users.resetSecondFactorConsequence')}
      confirm={t('users.reset')}
      action={reset}
      variables={undefined}
      done={{ title: t('users.secondFactorReset', { name: user.name }) }}
      onClose={onClose}
    />
  )
}

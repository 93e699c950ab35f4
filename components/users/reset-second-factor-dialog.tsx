'use client'

import { useTranslations } from 'next-intl'
import type { UserView } from '@/lib/api/schemas/users'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { useToast } from '../ui/toast'
import { useResetSecondFactor } from './queries'

/** Takes a user's second factor away, for who has lost it. */
export function ResetSecondFactorDialog({ user, onClose }: { user: UserView; onClose: () => void }) {
  const t = useTranslations()
  const toast = useToast()
  const reset = useResetSecondFactor(user.id)
  return (
    <Dialog
      title={t('users.resetSecondFactor')}
      subject={user.name}
      confirm={t('users.reset')}
      danger
      busy={reset.isPending}
      onClose={onClose}
      onSubmit={() =>
        reset.mutate(undefined, {
          onSuccess: () => {
            toast({ title: t('users.secondFactorReset', { name: user.name }) })
            onClose()
          },
        })
      }
    >
      <FormError error={reset.error} />
      <p>{t('users.resetSecondFactorConsequence')}</p>
    </Dialog>
  )
}

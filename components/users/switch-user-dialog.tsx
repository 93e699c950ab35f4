'use client'

import { useTranslations } from 'next-intl'
import type { UserView } from '@/lib/api/schemas/users'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { useToast } from '../ui/toast'
import { useUpdateUser } from './queries'

/** Disables a user, or enables one again. */
export function SwitchUserDialog({ user, onClose }: { user: UserView; onClose: () => void }) {
  const t = useTranslations()
  const toast = useToast()
  const update = useUpdateUser(user.id)
  const isDisabling = !user.isDisabled
  return (
    <Dialog
      title={isDisabling ? t('users.disableTitle') : t('users.enableTitle')}
      subject={user.name}
      confirm={isDisabling ? t('users.disable') : t('users.enable')}
      danger={isDisabling}
      busy={update.isPending}
      onClose={onClose}
      onSubmit={() =>
        update.mutate(
          { body: { isDisabled: isDisabling } },
          {
            onSuccess: () => {
              const { name } = user
              toast({ title: isDisabling ? t('users.wasDisabled', { name }) : t('users.wasEnabled', { name }) })
              onClose()
            },
          },
        )
      }
    >
      <FormError error={update.error} />
      <p>{isDisabling ? t('users.disableConsequence') : t('users.enableConsequence')}</p>
    </Dialog>
  )
}

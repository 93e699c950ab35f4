'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import { useTurnSecondFactorOff } from '../queries/account'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { useToast } from '../ui/toast'
import { ConfirmPasswordField } from './confirm-password-field'

/** Turns two-step verification off, once the password is typed. */
export function TurnSecondFactorOffDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations()
  const toast = useToast()
  const turnOff = useTurnSecondFactorOff()
  const [password, setPassword] = useState('')
  return (
    <Dialog
      title={t('security.turnOffTitle')}
      confirm={t('security.turnOff')}
      danger
      busy={turnOff.isPending}
      disabled={password === ''}
      onClose={onClose}
      onSubmit={() =>
        turnOff.mutate(
          { password },
          {
            onSuccess: () => {
              toast({ title: t('security.turnedOff') })
              onClose()
            },
          },
        )
      }
    >
      {!isApiError(turnOff.error, 'BAD_REQUEST') && <FormError error={turnOff.error} />}
      <p>{t('security.turnOffText')}</p>
      <ConfirmPasswordField value={password} onChange={setPassword} refusal={turnOff.error} />
    </Dialog>
  )
}

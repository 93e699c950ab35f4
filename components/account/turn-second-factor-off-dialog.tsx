'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useTurnSecondFactorOff } from '../queries/account'
import { Dialog } from '../ui/dialog'
import { useAction } from '../ui/use-action'
import { ConfirmPasswordField } from './confirm-password-field'

/** Turns two-step verification off, once the password is typed. */
export function TurnSecondFactorOffDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations()
  const turnOff = useTurnSecondFactorOff()
  const { run, close } = useAction(turnOff, onClose)
  const [password, setPassword] = useState('')
  return (
    <Dialog
      title={t('security.turnOffTitle')}
      confirm={t('security.turnOff')}
      danger
      error={turnOff.error}
      busy={turnOff.isPending}
      disabled={password === ''}
      onClose={close}
      onSubmit={() => run({ password }, { done: () => ({ title: t('security.turnedOff') }) })}
    >
      <p>{t('security.turnOffText')}</p>
      <ConfirmPasswordField value={password} onChange={setPassword} />
    </Dialog>
  )
}

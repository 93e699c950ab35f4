'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useRenewRecoveryCodes } from '../queries/account'
import { Dialog } from '../ui/dialog'
import { useAction } from '../ui/use-action'
import { ConfirmPasswordField } from './confirm-password-field'
import { RecoveryCodesDialog } from './recovery-codes-dialog'

/** Makes new recovery codes, once the password is typed, and shows them. */
export function RenewRecoveryCodesDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations()
  const renew = useRenewRecoveryCodes()
  const { run, close } = useAction(renew, onClose)
  const [password, setPassword] = useState('')
  if (renew.data) return <RecoveryCodesDialog codes={renew.data.recoveryCodes} onKept={onClose} />
  return (
    <Dialog
      title={t('security.renew')}
      confirm={t('security.renew')}
      error={renew.error}
      busy={renew.isPending}
      disabled={password === ''}
      onClose={close}
      onSubmit={() => run({ password })}
    >
      <p>{t('security.renewText')}</p>
      <ConfirmPasswordField value={password} onChange={setPassword} />
    </Dialog>
  )
}

'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { confirmSecondFactorBody } from '@/lib/api/schemas/profile'
import { useConfirmSecondFactor, useSetUpSecondFactor } from '../queries/account'
import { Copyable } from '../ui/copy-button'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/field'
import { useToast } from '../ui/toast'
import { useAction } from '../ui/use-action'
import { ConfirmPasswordField } from './confirm-password-field'
import { QrCode } from './qr-code'
import { RecoveryCodesDialog } from './recovery-codes-dialog'

/** Sets two-step verification up: password, then the app and a code of it, then the recovery codes. */
export function SetUpSecondFactorDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations()
  const toast = useToast()
  const setUp = useSetUpSecondFactor()
  const confirm = useConfirmSecondFactor()

  function finish() {
    toast({ title: t('security.turnedOn') })
    onClose()
  }

  if (confirm.data) return <RecoveryCodesDialog codes={confirm.data.recoveryCodes} onKept={finish} />
  if (setUp.data) return <AppStep setup={setUp.data} confirm={confirm} onClose={onClose} />
  return <PasswordStep setUp={setUp} onClose={onClose} />
}

function PasswordStep({ setUp, onClose }: { setUp: ReturnType<typeof useSetUpSecondFactor>; onClose: () => void }) {
  const t = useTranslations()
  const { run, close } = useAction(setUp, onClose)
  const [password, setPassword] = useState('')
  return (
    <Dialog
      title={t('security.setUpTitle')}
      confirm={t('security.continue')}
      error={setUp.error}
      busy={setUp.isPending}
      disabled={password === ''}
      onClose={close}
      onSubmit={() => run({ password })}
    >
      <ConfirmPasswordField value={password} onChange={setPassword} />
    </Dialog>
  )
}

interface AppStepProps {
  setup: { secret: string; uri: string }
  confirm: ReturnType<typeof useConfirmSecondFactor>
  onClose: () => void
}

function AppStep({ setup, confirm, onClose }: AppStepProps) {
  const t = useTranslations()
  const { run, close } = useAction(confirm, onClose)
  const [code, setCode] = useState('')
  const isWhole = confirmSecondFactorBody.safeParse({ code }).success
  return (
    <Dialog
      title={t('security.setUpTitle')}
      confirm={t('security.turnOn')}
      error={confirm.error}
      busy={confirm.isPending}
      disabled={!isWhole}
      onClose={close}
      onSubmit={() => run({ code })}
    >
      <p>{t('security.scan')}</p>
      <QrCode text={setup.uri} label={t('security.qrCode')} />
      <p>{t('security.manual')}</p>
      <p>
        <Copyable text={setup.secret} label={t('security.copySecret')} />
      </p>
      <TextField
        label={t('security.code')}
        help={t('security.codeHelp')}
        name="code"
        mono
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={12}
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
    </Dialog>
  )
}

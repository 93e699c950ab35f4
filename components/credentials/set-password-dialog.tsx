'use client'

import { useTranslations } from 'next-intl'
import { z } from 'zod'
import { setPasswordBody } from '@/lib/api/schemas/credentials'
import { useSetPassword } from '../queries/credentials'
import { Dialog } from '../ui/dialog'
import { PasswordField } from '../ui/password-field'
import { useForm } from '../ui/use-form'

const schema = setPasswordBody
  .extend({ confirmPassword: z.string() })
  .refine(({ password, confirmPassword }) => password === confirmPassword, { path: ['confirmPassword'] })

const initial = { password: '', confirmPassword: '' }

interface SetPasswordDialogProps {
  instanceId: string
  /** The user name that the password is for. */
  userName: string
  onClose: () => void
}

/** Sets one's registry password of an instance, as ACR's dialog of that name does. */
export function SetPasswordDialog({ instanceId, userName, onClose }: SetPasswordDialogProps) {
  const t = useTranslations()
  const save = useSetPassword(instanceId)
  const form = useForm({
    initial,
    schema,
    action: save,
    variables: ({ password }) => password,
    done: () => ({ title: t('credentials.passwordSaved'), body: t('credentials.passwordSavedNext') }),
    onClose,
  })
  return (
    <Dialog title={t('credentials.setPassword')} subject={userName} confirm={t('common.confirm')} {...form.dialog}>
      <p>{t('credentials.setPasswordHelp')}</p>
      <PasswordField
        label={t('credentials.password')}
        revealLabel={t('credentials.showPassword')}
        name="password"
        autoComplete="new-password"
        maxLength={32}
        required
        help={t('credentials.passwordRule')}
        value={form.values.password}
        error={form.isWrong('password') ? t('credentials.passwordRule') : undefined}
        onChange={(event) => form.set('password', event.target.value)}
      />
      <PasswordField
        label={t('credentials.confirmPassword')}
        revealLabel={t('credentials.showPassword')}
        name="confirmPassword"
        autoComplete="new-password"
        maxLength={32}
        required
        value={form.values.confirmPassword}
        error={form.isWrong('confirmPassword') ? t('credentials.passwordsDiffer') : undefined}
        onChange={(event) => form.set('confirmPassword', event.target.value)}
      />
    </Dialog>
  )
}

'use client'

import { useTranslations } from 'next-intl'
import { z } from 'zod'
import { changePasswordBody } from '@/lib/api/schemas/profile'
import { useChangePassword } from '../queries/account'
import { Dialog } from '../ui/dialog'
import { PasswordField } from '../ui/password-field'
import { useForm } from '../ui/use-form'

/** The request, and the new password once more: nobody can read what they type. */
const schema = z
  .strictObject({ ...changePasswordBody.shape, repeat: z.string() })
  .refine(({ newPassword, repeat }) => newPassword === repeat, { path: ['repeat'] })

/** Changes one's own password. */
export function ChangePasswordDialog({ userName, onClose }: { userName: string; onClose: () => void }) {
  const t = useTranslations()
  const change = useChangePassword()
  const { values, set, isWrong, dialog } = useForm({
    initial: { currentPassword: '', newPassword: '', repeat: '' },
    schema,
    action: change,
    variables: ({ currentPassword, newPassword }) => ({ currentPassword, newPassword }),
    done: () => ({ title: t('security.passwordChanged'), body: t('security.passwordChangedNext') }),
    onClose,
  })

  function newPasswordError(): string | undefined {
    if (!isWrong('newPassword')) return undefined
    const { length } = values.newPassword
    return length < 12 || length > 256 ? t('security.passwordLength') : t('security.passwordRefused')
  }

  function currentPasswordError(): string | undefined {
    if (!isWrong('currentPassword')) return undefined
    return values.currentPassword === '' ? t('security.passwordMissing') : t('security.wrongPassword')
  }

  return (
    <Dialog title={t('security.changePassword')} confirm={t('security.changePassword')} {...dialog}>
      <input hidden readOnly name="username" autoComplete="username" value={userName} />
      <PasswordField
        label={t('security.currentPassword')}
        revealLabel={t('security.showPassword')}
        name="currentPassword"
        autoComplete="current-password"
        value={values.currentPassword}
        error={currentPasswordError()}
        onChange={(event) => set('currentPassword', event.target.value)}
      />
      <PasswordField
        label={t('security.newPassword')}
        revealLabel={t('security.showPassword')}
        help={t('security.newPasswordHelp')}
        name="newPassword"
        autoComplete="new-password"
        value={values.newPassword}
        error={newPasswordError()}
        onChange={(event) => set('newPassword', event.target.value)}
      />
      <PasswordField
        label={t('security.repeatPassword')}
        revealLabel={t('security.showPassword')}
        name="repeat"
        autoComplete="new-password"
        value={values.repeat}
        error={isWrong('repeat') ? t('security.passwordDiffers') : undefined}
        onChange={(event) => set('repeat', event.target.value)}
      />
    </Dialog>
  )
}

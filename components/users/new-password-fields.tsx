'use client'

import { useTranslations } from 'next-intl'
import { PasswordField } from '../ui/password-field'

/** A password and its repetition, as typed. */
export interface NewPassword {
  password: string
  confirmation: string
}

interface NewPasswordFieldsProps {
  values: NewPassword
  onChange: (change: Partial<NewPassword>) => void
  /** Whether the password is none that may be set. */
  isWrong: boolean
  /** Whether to say that the two differ. */
  isChecked: boolean
}

/** A password for somebody, typed twice. */
export function NewPasswordFields({ values, onChange, isWrong, isChecked }: NewPasswordFieldsProps) {
  const t = useTranslations()
  const differs = isChecked && values.password !== values.confirmation
  return (
    <>
      <PasswordField
        label={t('users.password')}
        name="password"
        autoComplete="new-password"
        maxLength={256}
        required
        help={t('users.passwordRule')}
        error={isWrong ? t('users.passwordRule') : undefined}
        revealLabel={t('logon.showPassword')}
        value={values.password}
        onChange={(event) => onChange({ password: event.target.value })}
      />
      <PasswordField
        label={t('users.confirmPassword')}
        name="confirmation"
        autoComplete="new-password"
        maxLength={256}
        required
        error={differs ? t('users.passwordsDiffer') : undefined}
        revealLabel={t('users.showConfirmation')}
        value={values.confirmation}
        onChange={(event) => onChange({ confirmation: event.target.value })}
      />
    </>
  )
}

'use client'

import { useTranslations } from 'next-intl'
import { PasswordField } from '../ui/password-field'

interface ConfirmPasswordFieldProps {
  value: string
  onChange: (value: string) => void
}

/** One's own password once more, before what a stolen session must not do. */
export function ConfirmPasswordField({ value, onChange }: ConfirmPasswordFieldProps) {
  const t = useTranslations()
  return (
    <PasswordField
      label={t('security.confirmPassword')}
      revealLabel={t('security.showPassword')}
      name="password"
      autoComplete="current-password"
      maxLength={256}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

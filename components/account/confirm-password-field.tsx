'use client'

import { useTranslations } from 'next-intl'
import { isApiError } from '@/lib/api/client/api-error'
import { PasswordField } from '../ui/password-field'

interface ConfirmPasswordFieldProps {
  value: string
  onChange: (value: string) => void
  /** Why the server refused what it was typed for. */
  refusal: unknown
}

/** One's own password once more, before what a stolen session must not do. */
export function ConfirmPasswordField({ value, onChange, refusal }: ConfirmPasswordFieldProps) {
  const t = useTranslations()
  return (
    <PasswordField
      label={t('security.confirmPassword')}
      revealLabel={t('security.showPassword')}
      name="password"
      autoComplete="current-password"
      maxLength={256}
      value={value}
      error={isApiError(refusal, 'BAD_REQUEST') ? t('security.wrongPassword') : undefined}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

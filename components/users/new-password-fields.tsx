'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { PasswordField } from '../ui/password-field'
import { focusField } from '../ui/use-form'

interface NewPasswordFieldsProps {
  /** The form whose `password` it is. */
  form: {
    values: { password: string }
    isWrong: (field: 'password') => boolean
    set: (field: 'password', value: string) => void
  }
  repetition: Repetition
}

type Repetition = ReturnType<typeof useRepetition>

/** A new password's repetition, as typed; compared once the form is sent for the first time. */
export function useRepetition() {
  const [text, setText] = useState('')
  const [isChecked, setChecked] = useState(false)
  return {
    text,
    setText,
    isChecked,
    /** Whether it is the password's; where not, it has the focus. */
    check: ({ password }: { password: string }, form: HTMLFormElement) => {
      setChecked(true)
      if (password !== text) focusField(form, ['confirmation'])
      return password === text
    },
  }
}

/** A password for somebody, typed twice. */
export function NewPasswordFields({ form, repetition }: NewPasswordFieldsProps) {
  const t = useTranslations()
  const differs = repetition.isChecked && form.values.password !== repetition.text
  return (
    <>
      <PasswordField
        label={t('users.password')}
        name="password"
        autoComplete="new-password"
        maxLength={256}
        required
        help={t('users.passwordRule')}
        error={form.isWrong('password') ? t('users.passwordRule') : undefined}
        revealLabel={t('logon.showPassword')}
        value={form.values.password}
        onChange={(event) => form.set('password', event.target.value)}
      />
      <PasswordField
        label={t('users.confirmPassword')}
        name="confirmation"
        autoComplete="new-password"
        maxLength={256}
        required
        error={differs ? t('users.passwordsDiffer') : undefined}
        revealLabel={t('users.showConfirmation')}
        value={repetition.text}
        onChange={(event) => repetition.setText(event.target.value)}
      />
    </>
  )
}

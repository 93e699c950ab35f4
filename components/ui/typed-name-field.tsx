'use client'

import { useTranslations } from 'next-intl'
import { TextField } from './field'

interface TypedNameFieldProps {
  name: string
  value: string
  onChange: (value: string) => void
  /** Takes the focus when it appears, where it replaces another question. */
  autoFocus?: boolean
}

/** Asks for a name to be typed out before something is destroyed. */
export function TypedNameField({ name, value, onChange, autoFocus }: TypedNameFieldProps) {
  const t = useTranslations()
  return (
    <TextField
      mono
      label={t.rich('common.typeName', { name: () => <code className="select-all">{name}</code> })}
      value={value}
      spellCheck={false}
      autoFocus={autoFocus}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

'use client'

import { useTranslations } from 'next-intl'
import { TextField } from './field'

/** Asks for a name to be typed out before something is destroyed. */
export function TypedNameField({
  name,
  value,
  onChange,
}: {
  name: string
  value: string
  onChange: (value: string) => void
}) {
  const t = useTranslations()
  return (
    <TextField
      mono
      label={t.rich('common.typeName', { name: () => <code className="select-all">{name}</code> })}
      value={value}
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { TextField } from './field'

interface TypedNameFieldProps {
  name: string
  value: string
  onChange: (value: string) => void
  /** Takes the focus when it appears, where it replaces another question. */
  autoFocus?: boolean
}

/**
 * Asks for a name to be typed out before something is destroyed. Says that it is another one as soon as what is typed can no
 * longer become it, or Enter is pressed: until it is the name, the button cannot be pressed, which alone says not why.
 */
export function TypedNameField({ name, value, onChange, autoFocus }: TypedNameFieldProps) {
  const t = useTranslations()
  const [isEntered, setEntered] = useState(false)
  const differs = value !== '' && (isEntered ? value !== name : !name.startsWith(value))
  return (
    <TextField
      mono
      label={t.rich('common.typeName', { name: () => <code className="select-all">{name}</code> })}
      value={value}
      spellCheck={false}
      autoFocus={autoFocus}
      error={differs ? t('common.typedDiffers') : undefined}
      onKeyDown={({ key }) => {
        if (key === 'Enter') setEntered(true)
      }}
      onChange={(event) => {
        setEntered(false)
        onChange(event.target.value)
      }}
    />
  )
}

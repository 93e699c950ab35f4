'use client'

import { useState } from 'react'
import type { ComponentProps } from 'react'
import { IconButton } from './button'
import { Field } from './field'

interface PasswordFieldProps extends ComponentProps<'input'> {
  label: string
  /** What it is in the request; the input's name where that is left out. */
  path?: string
  /** What it must be like, beneath it. */
  help?: string
  error?: string | undefined
  /** The name of the button that shows what was typed. */
  revealLabel: string
}

/** A password, hidden until its reader asks to see it. */
export function PasswordField({ label, path, help, error, revealLabel, ...input }: PasswordFieldProps) {
  const [shown, setShown] = useState(false)
  return (
    <Field label={label} path={path ?? input.name} help={help} error={error}>
      {(attributes) => (
        <span className="reveal">
          <input {...input} {...attributes} className="input" type={shown ? 'text' : 'password'} />
          <IconButton
            icon={shown ? 'hide' : 'show'}
            label={revealLabel}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          />
        </span>
      )}
    </Field>
  )
}

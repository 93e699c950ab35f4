import type { ComponentProps } from 'react'
import { TextField } from './field'

interface NameFieldProps extends Omit<ComponentProps<'input'>, 'form'> {
  /** The form whose `name` it is. */
  form: {
    values: { name: string }
    isTaken: boolean
    isWrong: (field: 'name') => boolean
    set: (field: 'name', value: string) => void
    forget: () => void
  }
  label: string
  /** What a name is made of. */
  rule: string
  /** Says that another one has the name. */
  taken: string
  /** What stands beneath while nothing is wrong, where that is not the rule. */
  help?: string
}

/** The name of what a form makes or renames. */
export function NameField({ form, label, rule, taken, help = rule, ...input }: NameFieldProps) {
  return (
    <TextField
      {...input}
      label={label}
      name="name"
      spellCheck={false}
      required
      help={help}
      value={form.values.name}
      error={form.isTaken ? taken : form.isWrong('name') ? rule : undefined}
      onChange={(event) => {
        form.forget()
        form.set('name', event.target.value)
      }}
    />
  )
}

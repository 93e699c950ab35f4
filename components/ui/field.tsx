import { useId } from 'react'
import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names'
import { Icon } from './icon'

interface FieldProps {
  label: ReactNode
  /** What belongs in the field, beneath it. */
  help?: ReactNode
  /** What is wrong with the value. Takes the help's place. */
  error?: string | undefined
  /** Right of the label: how long the value is, and may be. */
  note?: string | undefined
}

interface Described extends FieldProps {
  children: (attributes: {
    id: string
    'aria-invalid': true | undefined
    'aria-describedby': string | undefined
  }) => ReactNode
}

/** A label, whatever `children` makes of the attributes it is given, and help or error beneath. */
export function Field({ label, help, error, note, children }: Described) {
  const id = useId()
  const hint = error ?? help
  const attributes = {
    id,
    'aria-invalid': error === undefined ? undefined : (true as const),
    'aria-describedby': hint === undefined ? undefined : `${id}-hint`,
  }
  return (
    <div className="field">
      {note === undefined ? (
        <label htmlFor={id}>{label}</label>
      ) : (
        <p className="field-head">
          <label htmlFor={id}>{label}</label>
          <span className="muted">{note}</span>
        </p>
      )}
      {children(attributes)}
      {error !== undefined && (
        <p className="error" id={`${id}-hint`}>
          <Icon name="warn" />
          {error}
        </p>
      )}
      {error === undefined && help !== undefined && (
        <p className="help" id={`${id}-hint`}>
          {help}
        </p>
      )}
    </div>
  )
}

/** One line of text with its label, help and error. */
export function TextField({
  label,
  help,
  error,
  note,
  mono,
  ...input
}: FieldProps & { mono?: boolean } & ComponentProps<'input'>) {
  return (
    <Field label={label} help={help} error={error} note={note}>
      {(attributes) => (
        <input autoComplete="off" {...input} {...attributes} className={classNames('input', mono && 'mono')} />
      )}
    </Field>
  )
}

/** Lines of text with their label, help and error. */
export function TextArea({
  label,
  help,
  error,
  note,
  mono,
  ...area
}: FieldProps & { mono?: boolean } & ComponentProps<'textarea'>) {
  return (
    <Field label={label} help={help} error={error} note={note}>
      {(attributes) => (
        <textarea rows={4} {...area} {...attributes} className={classNames('textarea', mono && 'mono')} />
      )}
    </Field>
  )
}

/** A choice from a list, with its label, help and error. */
export function SelectField({ label, help, error, children, ...select }: FieldProps & ComponentProps<'select'>) {
  return (
    <Field label={label} help={help} error={error}>
      {(attributes) => (
        <span className="select select--wide">
          <select {...select} {...attributes}>
            {children}
          </select>
          <Icon name="down" />
        </span>
      )}
    </Field>
  )
}

/** Fields that answer one question. */
export function FieldSet({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className="field">
      <legend>{legend}</legend>
      {children}
    </fieldset>
  )
}

/** A tick box or radio button with its word, and a line of help beneath. */
export function Choice({
  label,
  help,
  ...input
}: { label: string; help?: ReactNode; type: 'checkbox' | 'radio' } & ComponentProps<'input'>) {
  const id = useId()
  return (
    <label className="choice">
      <input
        {...input}
        className={input.type === 'checkbox' ? 'check' : 'radio'}
        aria-labelledby={`${id}-label`}
        {...(help === undefined ? {} : { 'aria-describedby': `${id}-help` })}
      />
      <span id={`${id}-label`}>{label}</span>
      {help !== undefined && <small id={`${id}-help`}>{help}</small>}
    </label>
  )
}

import { useId } from 'react'
import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names'
import { Icon } from './icon'
import { useReason } from './reasons'

interface FieldProps {
  label: ReactNode
  /** What the field is in the request, to show why the server refused it; the input's name where that is left out. */
  path?: string | undefined
  /** What belongs in the field, beneath it. */
  help?: ReactNode
  /** What is wrong with the value. Takes the help's place. */
  error?: string | undefined
  /** Right of the label: how long the value is, and may be. */
  note?: string | undefined
}

/** What ties an input to its label and to what stands beneath it. */
export interface FieldAttributes {
  id: string
  'aria-invalid': true | undefined
  'aria-describedby': string | undefined
}

interface Described extends FieldProps {
  children: (attributes: FieldAttributes) => ReactNode
}

/** What is wrong with a field: what the console says of it, unless it knows the server's reason. */
function useFieldError(path: string | undefined, error: string | undefined): string | undefined {
  const reason = useReason(path)
  return reason?.isTold ? reason.text : (error ?? reason?.text)
}

/** A label, whatever `children` makes of the attributes it is given, and help or error beneath. */
export function Field({ label, path, help, error: ownError, note, children }: Described) {
  const id = useId()
  const error = useFieldError(path, ownError)
  const hint = error ?? help
  const attributes = {
    id,
    'aria-invalid': error === undefined ? undefined : (true as const),
    'aria-describedby': hint === undefined ? undefined : `${id}-hint`,
  }
  return (
    <div className="field" data-field={path}>
      {note === undefined ? (
        <label htmlFor={id}>{label}</label>
      ) : (
        <p className="field-head">
          <label htmlFor={id}>{label}</label>
          <span className="muted">{note}</span>
        </p>
      )}
      {children(attributes)}
      {error !== undefined && <FieldError id={`${id}-hint`}>{error}</FieldError>}
      {error === undefined && help !== undefined && (
        <p className="help" id={`${id}-hint`}>
          {help}
        </p>
      )}
    </div>
  )
}

function FieldError({ id, children }: { id: string; children: string }) {
  return (
    <p className="error" id={id}>
      <Icon name="warn" />
      {children}
    </p>
  )
}

/** One line of text with its label, help and error. */
export function TextField({
  label,
  path,
  help,
  error,
  note,
  mono,
  ...input
}: FieldProps & { mono?: boolean } & ComponentProps<'input'>) {
  return (
    <Field label={label} path={path ?? input.name} help={help} error={error} note={note}>
      {(attributes) => (
        <input autoComplete="off" {...input} {...attributes} className={classNames('input', mono && 'mono')} />
      )}
    </Field>
  )
}

/** Lines of text with their label, help and error. */
export function TextArea({
  label,
  path,
  help,
  error,
  note,
  mono,
  ...area
}: FieldProps & { mono?: boolean } & ComponentProps<'textarea'>) {
  return (
    <Field label={label} path={path ?? area.name} help={help} error={error} note={note}>
      {(attributes) => (
        <textarea rows={4} {...area} {...attributes} className={classNames('textarea', mono && 'mono')} />
      )}
    </Field>
  )
}

/** A choice from a list, with its label, help and error. */
export function SelectField({ label, path, help, error, children, ...select }: FieldProps & ComponentProps<'select'>) {
  return (
    <Field label={label} path={path ?? select.name} help={help} error={error}>
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

interface FieldSetProps {
  legend: string
  /** What they are in the request, to show why the server refused it. */
  path?: string | undefined
  children: ReactNode
}

/** Fields that answer one question. */
export function FieldSet({ legend, path, children }: FieldSetProps) {
  const id = useId()
  const error = useFieldError(path, undefined)
  return (
    <fieldset className="field" data-field={path} {...(error !== undefined && { 'aria-describedby': `${id}-hint` })}>
      <legend>{legend}</legend>
      {children}
      {error !== undefined && <FieldError id={`${id}-hint`}>{error}</FieldError>}
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

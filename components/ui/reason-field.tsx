import { TextArea } from './field'

interface ReasonFieldProps {
  label: string
  help: string
  value: string
  onChange: (reason: string) => void
  required?: boolean
  /** What is wrong with it. */
  error?: string | undefined
}

/** Why something is done: kept where what was done is recorded. */
export function ReasonField({ onChange, ...field }: ReasonFieldProps) {
  return (
    <TextArea {...field} name="reason" maxLength={500} rows={3} onChange={(event) => onChange(event.target.value)} />
  )
}

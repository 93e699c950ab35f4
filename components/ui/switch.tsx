import { useId } from 'react'
import type { ReactNode } from 'react'

interface SwitchProps {
  label: string
  help: ReactNode
  checked: boolean
  /** While a change is on its way. */
  busy: boolean
  onChange: (checked: boolean) => void
}

/** A setting that takes effect at once. */
export function Switch({ label, help, checked, busy, onChange }: SwitchProps) {
  const id = useId()
  return (
    <div className="setting">
      <label htmlFor={id}>
        {label}
        <small id={`${id}-help`}>{help}</small>
      </label>
      <input
        id={id}
        className="switch"
        type="checkbox"
        role="switch"
        aria-label={label}
        aria-describedby={`${id}-help`}
        aria-busy={busy}
        checked={checked}
        onChange={(event) => {
          if (!busy) onChange(event.target.checked)
        }}
      />
    </div>
  )
}

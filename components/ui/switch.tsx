'use client'

import { useTranslations } from 'next-intl'
import { useId, useState } from 'react'
import type { ReactNode } from 'react'
import type { PlannedRequest } from '@/lib/api/client/api'
import { ApiCall } from './api-call'
import { TextButton } from './button'

interface SwitchProps {
  label: string
  help: ReactNode
  checked: boolean
  /** While a change is on its way. */
  busy: boolean
  onChange: (checked: boolean) => void
  /** What a press would send now, to show it as a call of the API. */
  plan: () => PlannedRequest | null
  /** The name of the object whose setting it is. */
  name: string
}

/** A setting that takes effect at once. */
export function Switch({ label, help, checked, busy, onChange, plan, name }: SwitchProps) {
  const t = useTranslations()
  const [isCallShown, setIsCallShown] = useState(false)
  const id = useId()
  return (
    <div className="setting">
      <label id={`${id}-label`} htmlFor={id}>
        {label}
        <small id={`${id}-help`}>{help}</small>
      </label>
      <TextButton
        aria-expanded={isCallShown}
        aria-describedby={`${id}-label`}
        onClick={() => setIsCallShown(!isCallShown)}
      >
        {isCallShown ? t('apiCall.hide') : t('apiCall.show')}
      </TextButton>
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
      {isCallShown && <ApiCall request={plan()} name={name} />}
    </div>
  )
}

'use client'

import { useTranslations } from 'next-intl'
import { Choice } from '../ui/field'

interface CountPullsProps {
  checked: boolean
  onChange: (isCounted: boolean) => void
}

/** Whether the pulls of an account are counted. */
export function CountPulls({ checked, onChange }: CountPullsProps) {
  const t = useTranslations('figures')
  return (
    <Choice
      type="checkbox"
      name="arePullsCounted"
      label={t('countPulls')}
      help={t('countPullsHelp')}
      checked={checked}
      onChange={(event) => onChange(event.target.checked)}
    />
  )
}

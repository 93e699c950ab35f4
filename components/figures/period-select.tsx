'use client'

import { useTranslations } from 'next-intl'
import { Select } from '../ui/filters'
import { useListParameters } from '../ui/use-list-parameters'

/** The periods that are offered, in days, and the one to begin with. */
const periods = [7, 30, 90, 400] as const
const usual = 30

/** For how many days figures are shown; in the address, so that it can be shared. */
export function usePeriod() {
  const { get, set } = useListParameters()
  const asked = Number(get('days'))
  return {
    days: periods.find((days) => days === asked) ?? usual,
    setDays: (days: string) => set({ days: days === String(usual) ? '' : days }),
  }
}

/** Chooses the period. */
export function PeriodSelect() {
  const t = useTranslations('figures')
  const { days, setDays } = usePeriod()
  return (
    <Select label={t('period')} value={String(days)} onChange={setDays}>
      {periods.map((count) => (
        <option key={count} value={count}>
          {t('lastDays', { days: count })}
        </option>
      ))}
    </Select>
  )
}

'use client'

import { useTranslations } from 'next-intl'
import { dayToTime, formatDay } from '../audit/day'
import { Select } from '../ui/filters'
import { useNowMs } from '../ui/use-now'

/** The periods that a list offers, in days; today counts. */
const periods = ['1', '7', '30'] as const

const dayMs = 86_400_000

/** A choice of the last days. */
export function PeriodFilter(props: { value: string; onChange: (days: string) => void }) {
  const t = useTranslations()
  return (
    <Select label={t('ledger.period')} {...props}>
      <option value="">{t('ledger.allTime')}</option>
      {periods.map((days) => (
        <option key={days} value={days}>
          {t(`ledger.periods.${days}`)}
        </option>
      ))}
    </Select>
  )
}

/** The time at which the last `days` began for the reader, as the API's time; empty for a text that is no period. */
export function useSince(days: string): string {
  const nowMs = useNowMs()
  if (!periods.some((period) => period === days)) return ''
  const first = new Date(nowMs - (Number(days) - 1) * dayMs)
  return dayToTime(formatDay(first), 'begins')
}

/** Filters that an entry sets, each shown while it holds. */
export const exactFilters = ['tag', 'actor', 'address'] as const

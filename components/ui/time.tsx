'use client'

import { useLocale, useTranslations } from 'next-intl'
import { ageOf, formatDate, formatDateTime, formatExactTime } from '@/lib/i18n/format'

interface TimeProps {
  /** UTC, ISO 8601. */
  value: string
  /** `relative`: how long ago. `date`: the day. `minute`: the day and minute. All show the exact time on hover. */
  format: 'relative' | 'date' | 'minute'
}

/** A time in the reader's language and time zone. Not for what a server renders: it knows neither clock nor zone. */
export function Time({ value, format }: TimeProps) {
  const t = useTranslations()
  const locale = useLocale()
  const time = new Date(value)

  function text(): string {
    if (format === 'date') return formatDate(time, locale)
    if (format === 'minute') return formatDateTime(time, locale)
    const age = ageOf(time, new Date(), locale)
    switch (age.unit) {
      case 'now':
        return t('time.now')
      case 'minutes':
        return t('time.minutes', { count: age.count })
      case 'hours':
        return t('time.hours', { count: age.count })
      case 'calendar':
        return age.text
    }
  }

  return (
    <time dateTime={value} title={formatExactTime(time, locale)}>
      {text()}
    </time>
  )
}

/** How long ago something happened last, or that it `never` did. */
export function LastTime({ value, never }: { value: string | null; never: string }) {
  return value === null ? <span className="muted">{never}</span> : <Time value={value} format="relative" />
}

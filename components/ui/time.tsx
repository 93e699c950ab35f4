'use client'

import { useLocale, useTranslations } from 'next-intl'
import { ageOf, formatDate, formatDateTime, formatExactTime, formatMoment, formatTime } from '@/lib/i18n/format'
import { useNowMs } from './use-now'

interface TimeProps {
  /** UTC, ISO 8601. */
  value: string
  /**
   * `relative`: how long ago. `date`: the day. `minute`: the day and minute. `moment`: the day and second. `second`: the
   * time of the day. All show the exact time on hover.
   */
  format: 'relative' | 'date' | 'minute' | 'moment' | 'second'
}

/**
 * A time in the reader's language and time zone; how long ago it was is kept up to date. Not for what a server renders:
 * it knows neither clock nor zone.
 */
export function Time({ value, format }: TimeProps) {
  const locale = useLocale()
  const time = new Date(value)
  return (
    <time dateTime={value} title={formatExactTime(time, locale)}>
      {format === 'relative' && <Age time={time} />}
      {format === 'date' && formatDate(time, locale)}
      {format === 'minute' && formatDateTime(time, locale)}
      {format === 'moment' && formatMoment(time, locale)}
      {format === 'second' && formatTime(time, locale)}
    </time>
  )
}

function Age({ time }: { time: Date }): string {
  const t = useTranslations()
  const locale = useLocale()
  const age = ageOf(time, new Date(useNowMs()), locale)
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

/** How long ago something happened last, or that it `never` did. */
export function LastTime({ value, never }: { value: string | null; never: string }) {
  return value === null ? <span className="muted">{never}</span> : <Time value={value} format="relative" />
}

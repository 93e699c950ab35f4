import { useLocale } from 'next-intl'
import { formatUtcDay } from '@/lib/i18n/format'

/** Days of UTC as the reader's language writes them. */
export function useDayFormat() {
  const locale = useLocale()
  return {
    /** `21 Nov`. */
    short: (day: string) => formatUtcDay(day, locale, 'short'),
    /** With the year. */
    long: (day: string) => formatUtcDay(day, locale, 'long'),
  }
}

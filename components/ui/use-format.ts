import { useLocale } from 'next-intl'
import { formatBytes, formatDate, formatDuration, formatHours, formatNumber } from '@/lib/i18n/format'

/** Numbers, sizes, days and durations as the reader's language writes them. */
export function useFormat() {
  const locale = useLocale()
  return {
    bytes: (sizeBytes: number) => formatBytes(sizeBytes, locale),
    date: (time: string) => formatDate(new Date(time), locale),
    duration: (durationMs: number) => formatDuration(durationMs, locale),
    hours: (hours: number) => formatHours(hours, locale),
    number: (value: number) => formatNumber(value, locale),
  }
}

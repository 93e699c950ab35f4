import { useLocale } from 'next-intl'
import { formatBytes, formatNumber } from '@/lib/i18n/format'

/** Numbers and sizes as the reader's language writes them. */
export function useFormat() {
  const locale = useLocale()
  return {
    bytes: (sizeBytes: number) => formatBytes(sizeBytes, locale),
    number: (value: number) => formatNumber(value, locale),
  }
}

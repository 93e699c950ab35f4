import type { Locale } from './locales'

/** English is written with day before month and a 24-hour clock: the one order that no reader takes for another. */
const formatLocale: Record<Locale, string> = { en: 'en-GB', 'zh-CN': 'zh-CN' }

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/**
 * Keeps what `make` makes of a language and options: to make a format takes as long as many uses, and a page of a list has
 * hundreds. Who travels with an open page sees the former time zone until it is loaded again.
 */
function keeping<Options, Format>(make: (language: string, options: Options) => Format) {
  const made = new Map<string, Format>()
  return (locale: Locale, options: Options): Format => {
    const key = locale + JSON.stringify(options)
    const format = made.get(key) ?? make(formatLocale[locale], options)
    made.set(key, format)
    return format
  }
}

const numberFormat = keeping((language, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language, options))
const timeFormat = keeping(
  (language, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options),
)
const listFormat = keeping((language, options: Intl.ListFormatOptions) => new Intl.ListFormat(language, options))
const relativeFormat = keeping(
  (language, options: Intl.RelativeTimeFormatOptions) => new Intl.RelativeTimeFormat(language, options),
)

/** Binary sizes to one decimal: `0 B`, `512 B`, `1.8 KiB`, `64.0 GiB`. */
export function formatBytes(sizeBytes: number, locale: Locale): string {
  const digits = numberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  let value = sizeBytes
  let unit = 0
  // 1023.95 KiB would be written 1,024.0 KiB: it belongs to the next unit already.
  while (value >= (unit === 0 ? 1024 : 1023.95) && unit < byteUnits.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 ? formatNumber(value, locale) : digits.format(value)} ${byteUnits[unit]}`
}

/** Binary sizes in the unit of the largest of them, as short as they are round: `0`, `0.5 TiB`, `2 TiB`. */
export function formatBytesUpTo(largest: number, locale: Locale): (sizeBytes: number) => string {
  const exponent = Math.min(byteUnits.length - 1, Math.floor(Math.log2(Math.max(1, largest)) / 10))
  const digits = numberFormat(locale, { maximumFractionDigits: 2 })
  return (sizeBytes) =>
    sizeBytes === 0 ? '0' : `${digits.format(sizeBytes / 1024 ** exponent)} ${byteUnits[exponent] ?? ''}`
}

/** A whole number with the language's separators. */
export function formatNumber(value: number, locale: Locale): string {
  return numberFormat(locale, {}).format(value)
}

/** Day, month and year, in the reader's time zone. */
export function formatDate(time: Date, locale: Locale): string {
  return timeFormat(locale, { dateStyle: 'medium' }).format(time)
}

/** Date and minute, in the reader's time zone. */
export function formatDateTime(time: Date, locale: Locale): string {
  return timeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(time)
}

/** Hour, minute and second, in the reader's time zone. */
export function formatTime(time: Date, locale: Locale): string {
  return timeFormat(locale, { timeStyle: 'medium' }).format(time)
}

/** Weekday, day, month and year, in the reader's time zone. */
export function formatDay(time: Date, locale: Locale): string {
  return timeFormat(locale, { dateStyle: 'full' }).format(time)
}

/** A day of UTC, such as `2026-11-29`: day and month, with the year if `long`. */
export function formatUtcDay(day: string, locale: Locale, style: 'short' | 'long'): string {
  const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', timeZone: 'UTC' }
  if (style === 'long') options.year = 'numeric'
  return timeFormat(locale, options).format(new Date(day))
}

/** A whole number, short where it is large: `850`, `15K`. */
export function formatCompact(value: number, locale: Locale): string {
  return numberFormat(locale, { notation: 'compact' }).format(value)
}

/** Date and second, in the reader's time zone. */
export function formatMoment(time: Date, locale: Locale): string {
  return timeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(time)
}

/** Date, second and zone: what a hover shows for a relative time. */
export function formatExactTime(time: Date, locale: Locale): string {
  return timeFormat(locale, { dateStyle: 'full', timeStyle: 'long' }).format(time)
}

/** How long something took or takes, in its two largest units: `<1s`, `12s`, `2m 10s`, `3h 5m`, `52h`. */
export function formatDuration(durationMs: number, locale: Locale): string {
  if (durationMs > 0 && durationMs < 1000) return `<${formatUnit(1, 'second', 'narrow', locale)}`
  const seconds = Math.floor(Math.max(0, durationMs) / 1000)
  const parts = [
    ['hour', Math.floor(seconds / 3600)],
    ['minute', Math.floor(seconds / 60) % 60],
    ['second', seconds % 60],
  ] as const
  const first = parts.findIndex(([, count]) => count > 0)
  if (first === -1) return formatUnit(0, 'second', 'narrow', locale)
  const largest = parts
    .slice(first, first + 2)
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => formatUnit(count, unit, 'narrow', locale))
  return spaced(listFormat(locale, { type: 'unit', style: 'narrow' }).format(largest))
}

/** Whole hours in words, as days where they are several: `1 hour`, `24 hours`, `7 days`. */
export function formatHours(hours: number, locale: Locale): string {
  const days = hours / 24
  return days >= 2 && Number.isInteger(days)
    ? formatUnit(days, 'day', 'long', locale)
    : formatUnit(hours, 'hour', 'long', locale)
}

function formatUnit(
  count: number,
  unit: 'day' | 'hour' | 'minute' | 'second',
  unitDisplay: 'narrow' | 'long',
  locale: Locale,
): string {
  return spaced(numberFormat(locale, { style: 'unit', unit, unitDisplay }).format(count))
}

/** A text of `Intl` with a space between numbers and Chinese characters, as the console's Chinese texts have. */
function spaced(text: string): string {
  return text.replace(/(?<=\d)(?=\p{Script=Han})|(?<=\p{Script=Han})(?=\d)/gu, ' ')
}

/** How long ago, in the unit a person would use. */
export type Age = { unit: 'now' } | { unit: 'minutes' | 'hours'; count: number } | { unit: 'calendar'; text: string }

/**
 * The age of `time` at `now`. From a day on it is calendar text: "yesterday", "3 days ago", and a date after four
 * weeks.
 */
export function ageOf(time: Date, now: Date, locale: Locale): Age {
  const elapsedMs = now.getTime() - time.getTime()
  // A browser's clock may run behind the server's.
  if (elapsedMs < minuteMs) return { unit: 'now' }
  if (elapsedMs < hourMs) return { unit: 'minutes', count: Math.floor(elapsedMs / minuteMs) }
  if (elapsedMs < dayMs) return { unit: 'hours', count: Math.floor(elapsedMs / hourMs) }
  const days = Math.floor(elapsedMs / dayMs)
  if (days >= 28) return { unit: 'calendar', text: formatDate(time, locale) }
  const relative = relativeFormat(locale, { numeric: 'auto' })
  return {
    unit: 'calendar',
    text: spaced(days < 14 ? relative.format(-days, 'day') : relative.format(-Math.floor(days / 7), 'week')),
  }
}

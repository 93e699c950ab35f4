'use client'

import { useLocale } from 'next-intl'
import { DayPicker } from 'react-day-picker'
import { enUS } from 'react-day-picker/locale/en-US'
import { zhCN } from 'react-day-picker/locale/zh-CN'
import { formatDay, parseDay } from './day'

const locales: Readonly<Record<string, typeof enUS>> = { en: enUS, 'zh-CN': zhCN }

interface CalendarProps {
  /** `2026-11-22`, or empty. */
  day: string
  onChoose: (day: string) => void
  /** What `lazyComponent` asks of what it loads. */
  onClose: () => void
}

/** A month in the console's language, to choose a day from; it has the focus. */
export function Calendar({ day, onChoose }: CalendarProps) {
  const locale = useLocale()
  const chosen = parseDay(day) ?? undefined
  return (
    <DayPicker
      mode="single"
      locale={locales[locale] ?? enUS}
      autoFocus
      fixedWeeks
      showOutsideDays
      selected={chosen}
      {...(chosen && { defaultMonth: chosen })}
      onSelect={(date) => {
        // A press on the day that is chosen would clear it.
        onChoose(date ? formatDay(date) : day)
      }}
    />
  )
}

'use client'

import { useTranslations } from 'next-intl'
import { Suspense, useEffect, useId, useRef, useState } from 'react'
import { IconButton } from '../ui/button'
import { Icon } from '../ui/icon'
import { lazyComponent } from '../ui/lazy-component'
import { useBack } from '../ui/use-back'
import { usePopover } from '../ui/use-popover'
import { readDay } from './day'

const Calendar = lazyComponent(() => import('./calendar'), 'Calendar')

/** Typing a day is one search, not one for each digit. */
const typingMs = 600

interface DayFieldProps {
  label: string
  /** The name of the calendar, and of the button that opens it. */
  calendarLabel: string
  /** `2026-11-22`, or empty. */
  value: string
  onChange: (day: string) => void
}

/**
 * A day to filter by, typed or chosen in a calendar, both in the console's language: the browser's own field speaks that of
 * the browser. What is typed applies after a short pause, and at once on Enter or when the field is left.
 */
export function DayField({ label, calendarLabel, value, onChange }: DayFieldProps) {
  const t = useTranslations()
  const id = useId()
  const { ref: popupRef, isOpen, onToggle } = usePopover()
  const [text, setText] = useState(value)
  const [shownFor, setShownFor] = useState(value)
  const [isWrong, setWrong] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  function show(day: string) {
    setText(day)
    setWrong(false)
  }

  // The address changed without typing here: Back, or a filter that was cleared.
  if (shownFor !== value) {
    setShownFor(value)
    show(value)
  }

  useEffect(() => () => clearTimeout(timer.current), [])
  // Back may come before the typed day was shown as `value`: then `value` never changes.
  useBack(() => show(value))

  function apply(day: string) {
    clearTimeout(timer.current)
    if (day !== value) onChange(day)
  }

  /** What was typed is whole: it is a day, or wrong. */
  function take() {
    const day = text.trim() === '' ? '' : readDay(text)
    setWrong(day === null)
    if (day === null) return
    setText(day)
    apply(day)
  }

  return (
    <span className="audit-day">
      <label htmlFor={id}>{label}</label>
      <span className="day-input">
        <input
          id={id}
          className="input"
          type="text"
          autoComplete="off"
          placeholder={t('audit.dayFormat')}
          aria-describedby={`${id}-hint`}
          aria-invalid={isWrong || undefined}
          value={text}
          onChange={({ target }) => {
            clearTimeout(timer.current)
            show(target.value)
            const day = target.value === '' ? '' : readDay(target.value)
            if (day !== null) timer.current = setTimeout(() => apply(day), typingMs)
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') take()
          }}
          onBlur={take}
        />
        <IconButton
          icon="calendar"
          label={calendarLabel}
          aria-haspopup="dialog"
          aria-expanded={isOpen}
          popoverTarget={`${id}-calendar`}
        />
      </span>
      <span id={`${id}-hint`} className={isWrong ? 'day-error' : 'sr-only'} role={isWrong ? 'alert' : undefined}>
        {isWrong && <Icon name="warn" />}
        {isWrong ? t('audit.dayWrong') : t('audit.dayHelp')}
      </span>
      <div
        ref={popupRef}
        id={`${id}-calendar`}
        popover="auto"
        role="dialog"
        aria-label={calendarLabel}
        className="menu menu--list calendar"
        onToggle={onToggle}
      >
        <Suspense>
          {isOpen && (
            <Calendar
              day={readDay(text) ?? ''}
              onChoose={(day) => {
                show(day)
                apply(day)
                popupRef.current?.hidePopover()
              }}
              onClose={() => popupRef.current?.hidePopover()}
            />
          )}
        </Suspense>
      </div>
    </span>
  )
}

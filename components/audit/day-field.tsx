'use client'

import { useEffect, useRef, useState } from 'react'
import { useBack } from '../ui/use-back'

/** Typing a day is one search, not one for each digit. */
const typingMs = 600

interface DayFieldProps {
  label: string
  /** `2026-11-22`, or empty. */
  value: string
  onChange: (day: string) => void
}

/** A day to filter by: applied after a short pause in typing, and at once on Enter or when the field is left. */
export function DayField({ label, value, onChange }: DayFieldProps) {
  const [day, setDay] = useState(value)
  const [shownFor, setShownFor] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  // The address changed without typing here: Back, or a filter that was cleared.
  if (shownFor !== value) {
    setShownFor(value)
    setDay(value)
  }

  useEffect(() => () => clearTimeout(timer.current), [])
  // Back may come before the typed day was shown as `value`: then `value` never changes.
  useBack(() => setDay(value))

  function take(next: string) {
    clearTimeout(timer.current)
    // Of a year that is being typed, the first digits are a year of their own.
    const isWhole = next === '' || next >= '1000'
    if (isWhole && next !== value) onChange(next)
  }

  return (
    <label className="audit-day">
      {label}
      <input
        className="input"
        type="date"
        value={day}
        onChange={({ target }) => {
          clearTimeout(timer.current)
          setDay(target.value)
          // A part that is missing empties the whole: that is no wish to clear the filter.
          if (target.validity.badInput) return
          timer.current = setTimeout(() => take(target.value), typingMs)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take(day)
        }}
        onBlur={({ target }) => {
          if (!target.validity.badInput) take(target.value)
        }}
      />
    </label>
  )
}

'use client'

import { useEffect, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { Icon } from './icon'
import type { IconName } from './icon'
import { useBack } from './use-back'

/** Typing several letters is one search, not one for each letter. */
const typingMs = 250

interface SearchFieldProps {
  label: string
  placeholder: string
  value: string
  onSearch: (text: string) => void
}

/** Searches while a person types, a quarter of a second after the last letter; Enter searches at once. */
export function SearchField({ label, placeholder, value, onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value)
  const [shownFor, setShownFor] = useState(value)
  /** What was searched and is not in the address yet. */
  const [underWay, setUnderWay] = useState<readonly string[]>([])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  if (shownFor !== value) {
    setShownFor(value)
    // A search of this field that arrives late must not take away what was typed since. Otherwise the address changed
    // without typing here: Back, or a filter that was cleared.
    const isOwn = underWay.includes(value)
    if (!isOwn && text.trim() !== value) setText(value)
    if (!isOwn || value === underWay.at(-1)) setUnderWay([])
  }

  useEffect(() => () => clearTimeout(timer.current), [])
  // Back may come before what was searched was shown as `value`: then `value` never changes.
  useBack(() => {
    setText(value)
    setUnderWay([])
  })

  function search(next: string) {
    clearTimeout(timer.current)
    const searched = next.trim()
    if (searched === value) return
    setUnderWay((before) => [...before, searched])
    onSearch(searched)
  }

  return (
    <div className="search">
      <Icon name="search" />
      <input
        className="input"
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={text}
        onChange={(event) => {
          const next = event.target.value
          setText(next)
          clearTimeout(timer.current)
          timer.current = setTimeout(() => search(next), typingMs)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') search(text)
        }}
        onBlur={(event) => {
          // On the way to another page: a search that came late would call the person back.
          if (event.relatedTarget instanceof HTMLAnchorElement) clearTimeout(timer.current)
        }}
      />
    </div>
  )
}

interface SelectProps {
  label: string
  value: string
  onChange: (value: string) => void
  children: ReactNode
}

/** A filter or setting above or below a list; its label is read, not shown. */
export function Select({ label, value, onChange, children }: SelectProps) {
  return (
    <span className="select">
      <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
      <Icon name="down" />
    </span>
  )
}

interface SegmentedProps<T extends string> {
  label: string
  name: string
  value: T
  options: readonly { value: T; label: string; icon?: IconName }[]
  onChange: (value: T) => void
}

/** A choice between views of one thing. */
export function Segmented<T extends string>({ label, name, value, options, onChange }: SegmentedProps<T>) {
  return (
    <fieldset className="segmented" aria-label={label}>
      {options.map((option) => (
        <label key={option.value}>
          <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
          {option.icon && <Icon name={option.icon} />}
          {option.label}
        </label>
      ))}
    </fieldset>
  )
}

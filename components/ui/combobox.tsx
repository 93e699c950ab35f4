'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { Field } from './field'
import type { FieldAttributes } from './field'
import { Icon } from './icon'
import type { IconName } from './icon'
import { LoadError } from './states'

/** Typing several letters is one search, not one for each letter. */
const typingMs = 250

/** Something to choose. */
export interface ComboboxOption {
  value: string
  label: string
  /** Beside the label. */
  note?: string
  icon?: IconName
}

interface ListProps {
  /** Searches; the answer comes as `options`. Called with an empty text when the list is opened afresh. */
  onSearch: (text: string) => void
  /** How `options` are read; left out where nothing has to be. */
  query?: { error: unknown; isPlaceholderData: boolean; refetch: () => unknown } | undefined
  /** What was found; null while it loads. */
  options: readonly ComboboxOption[] | null
  /** How many more there are than `options` has; null: some, and nobody knows how many. */
  moreCount: number | null
  chosen: ComboboxOption | null
  onChoose: (option: ComboboxOption) => void
  /** What stands there when nothing was found. */
  empty: string
  placeholder?: string
}

interface ComboboxProps extends ListProps {
  label: string
  /** Of the form's field. */
  name: string
  /** What it is in the request; its name where that is left out. */
  path?: string | undefined
  help?: ReactNode
  /** What is wrong with the choice. */
  error?: string | undefined
}

/** A choice out of many in a form: a field that searches, with the list of what was found beneath it. */
export function Combobox({ label, name, path = name, help, error, ...list }: ComboboxProps) {
  return (
    <Field label={label} path={path} help={help} error={error}>
      {(attributes) => (
        <>
          <ComboboxInput {...list} name={name} label={label} attributes={attributes} />
          {list.options === null && list.query?.error && (
            <LoadError error={list.query.error} onRetry={() => void list.query?.refetch()} />
          )}
        </>
      )}
    </Field>
  )
}

/** The same as a filter above a list; its label is read, not shown. */
export function ComboboxFilter({ label, ...list }: ListProps & { label: string }) {
  return <ComboboxInput {...list} label={label} attributes={{ 'aria-label': label }} />
}

interface ComboboxInputProps extends ListProps {
  label: string
  name?: string
  attributes: Partial<FieldAttributes> & { 'aria-label'?: string }
}

/**
 * After the ARIA combobox pattern with a list: the focus stays in the field, arrows move in the list, Enter chooses, Escape
 * closes the list and leaves what was chosen. What is typed only searches; the name of an option, typed whole, chooses it
 * when the field is left.
 */
function ComboboxInput(props: ComboboxInputProps) {
  const { label, name, attributes, onSearch, query, options, moreCount, chosen, onChoose, empty, placeholder } = props
  const t = useTranslations()
  const id = useId()
  const inputRef = useRef<HTMLInputElement>(null)
  const popupRef = useRef<HTMLDivElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [isOpen, setOpen] = useState(false)
  /** What is typed and not chosen; null: what was chosen is shown. */
  const [typed, setTyped] = useState<string | null>(null)
  /** Whether what was typed is not searched for yet. */
  const [isSettling, setSettling] = useState(false)
  const [moved, setMoved] = useState<string | null>(null)
  const found = options ?? []
  // Until an arrow moves it: the first of what was searched for, or what is chosen.
  const start = typed === null ? chosen?.value : found[0]?.value
  /** Whether `options` are those of an earlier text. */
  const isStale = isSettling || query?.isPlaceholderData === true
  const active = found.findIndex(({ value }) => value === (moved ?? start))

  useEffect(() => () => clearTimeout(timer.current), [])
  usePopup(isOpen, inputRef, popupRef, found.length)
  useEffect(() => {
    if (isOpen) popupRef.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [isOpen, active])

  function search(text: string) {
    clearTimeout(timer.current)
    setSettling(false)
    onSearch(text.trim())
  }

  function open() {
    if (isOpen) return
    setMoved(null)
    setOpen(true)
    if (typed === null) search('')
  }

  function close() {
    clearTimeout(timer.current)
    setSettling(false)
    setTyped(null)
    setOpen(false)
  }

  function choose(option: ComboboxOption) {
    flushSync(() => {
      close()
      onChoose(option)
    })
    // What is typed next replaces it.
    if (document.activeElement === inputRef.current) inputRef.current?.select()
  }

  function move(to: number) {
    const option = found[(to + found.length) % found.length]
    if (option) setMoved(option.value)
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!isOpen) open()
      else if (event.altKey) close()
      else move(event.key === 'ArrowDown' ? active + 1 : Math.max(active, 0) - 1)
    } else if (event.key === 'Enter' && isOpen) {
      // It chooses or searches: it does not send the form that the field is in.
      event.preventDefault()
      const option = found[active]
      if (isSettling) search(typed ?? '')
      else if (option && !isStale) choose(option)
    } else if (event.key === 'Escape' && isOpen) {
      // It closes the list, not the dialog that the field is in.
      event.preventDefault()
      event.stopPropagation()
      flushSync(close)
      inputRef.current?.select()
    }
  }

  const isLoading = options === null
  return (
    <span className="combobox">
      <input
        {...attributes}
        ref={inputRef}
        className="input"
        type="text"
        role="combobox"
        name={name}
        aria-expanded={isOpen && found.length > 0}
        aria-controls={isOpen ? `${id}-list` : undefined}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && active >= 0 ? `${id}-${active}` : undefined}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        placeholder={placeholder ?? t('combobox.placeholder')}
        title={typed === null ? chosen?.label : undefined}
        value={typed ?? chosen?.label ?? ''}
        onChange={({ target }) => {
          setTyped(target.value)
          setMoved(null)
          setOpen(true)
          setSettling(true)
          clearTimeout(timer.current)
          timer.current = setTimeout(() => search(target.value), typingMs)
        }}
        onFocus={({ target }) => target.select()}
        onClick={({ currentTarget }) => {
          if (typed === null) currentTarget.select()
          open()
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          const meant = typed === null ? undefined : found.find((option) => option.label === typed.trim())
          close()
          if (meant) onChoose(meant)
        }}
      />
      <Icon name="down" />
      <div
        ref={popupRef}
        popover="manual"
        className="combobox-popup"
        // The focus stays in the field.
        onMouseDown={(event) => event.preventDefault()}
      >
        <div
          id={`${id}-list`}
          role="listbox"
          aria-label={t('combobox.choices')}
          aria-busy={isOpen && (isLoading || isStale)}
          hidden={found.length === 0}
        >
          {isOpen &&
            found.map((option, index) => (
              <div
                key={option.value}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === active}
                onClick={() => choose(option)}
              >
                {option.icon && <Icon name={option.icon} />}
                <span title={option.label}>{option.label}</span>
                {option.note && <small title={option.note}>{option.note}</small>}
                {option.value === chosen?.value && <Icon name="check" />}
              </div>
            ))}
        </div>
        {isLoading && !query?.error && <p>{t('table.loading', { name: label })}</p>}
        {options?.length === 0 && <p>{empty}</p>}
        {moreCount !== 0 && (
          <p>{moreCount === null ? t('table.moreUncounted') : t('table.more', { count: moreCount })}</p>
        )}
      </div>
      <span className="sr-only" role="status">
        {isOpen &&
          !isLoading &&
          !isStale &&
          (found.length === 0 ? empty : t('combobox.found', { count: found.length }))}
      </span>
    </span>
  )
}

/** Lays the popup over everything, beneath its field or, where there is no room, above it, and lets it move with the field. */
function usePopup(
  isOpen: boolean,
  inputRef: { readonly current: HTMLInputElement | null },
  popupRef: { readonly current: HTMLDivElement | null },
  count: number,
) {
  useLayoutEffect(() => {
    const popup = popupRef.current
    if (!isOpen || !popup) return
    popup.showPopover()
    return () => popup.hidePopover()
  }, [isOpen, popupRef])

  useLayoutEffect(() => {
    const popup = popupRef.current
    const input = inputRef.current
    if (!isOpen || !popup || !input) return
    const place = () => {
      const field = input.getBoundingClientRect()
      const gap = 4
      const beneath = window.innerHeight - field.bottom - 2 * gap
      const above = field.top - 2 * gap
      const isAbove = beneath < Math.min(popup.scrollHeight, 200) && above > beneath
      popup.style.left = `${field.left}px`
      popup.style.width = `${field.width}px`
      popup.style.maxHeight = `${Math.min(300, isAbove ? above : beneath)}px`
      popup.style.top = isAbove ? 'auto' : `${field.bottom + gap}px`
      popup.style.bottom = isAbove ? `${window.innerHeight - field.top + gap}px` : 'auto'
    }
    place()
    window.addEventListener('resize', place)
    document.addEventListener('scroll', place, true)
    return () => {
      window.removeEventListener('resize', place)
      document.removeEventListener('scroll', place, true)
    }
  }, [isOpen, inputRef, popupRef, count])
}

'use client'

import { useEffect, useRef, useState } from 'react'
import type { InputEvent } from 'react'

/** What is used of the Navigation API, which TypeScript does not describe yet, and not every browser has. */
interface Navigation {
  addEventListener(type: 'navigate', listener: (event: NavigateEvent) => void): void
  removeEventListener(type: 'navigate', listener: (event: NavigateEvent) => void): void
}

interface NavigateEvent extends Event {
  readonly navigationType: 'push' | 'reload' | 'replace' | 'traverse'
}

/**
 * Knows whether a person has typed text into a form that is not saved yet, and asks before it is thrown away: when
 * `ask` is called, and when the person goes back in the browser, where the browser lets a page ask.
 */
export function useUnsavedText(isSaving: boolean) {
  const hasText = useRef(false)
  const [isAsking, setAsking] = useState(false)
  const focused = useRef<Element | null>(null)

  function ask(): boolean {
    if (!hasText.current || isSaving) return false
    focused.current = document.activeElement
    setAsking(true)
    return true
  }

  const latestAsk = useRef(ask)
  useEffect(() => {
    latestAsk.current = ask
  })

  useEffect(() => {
    const { navigation } = window as { navigation?: Navigation }
    if (navigation === undefined) return
    const guard = (event: NavigateEvent) => {
      if (event.navigationType === 'traverse' && event.cancelable && latestAsk.current()) event.preventDefault()
    }
    navigation.addEventListener('navigate', guard)
    return () => navigation.removeEventListener('navigate', guard)
  }, [])

  return {
    isAsking,
    /** Returns whether there is something to ask about. */
    ask,
    /** Goes on with the form. */
    keep: () => {
      setAsking(false)
      if (focused.current instanceof HTMLElement) focused.current.focus()
    },
    /** The form's `onInput`. */
    note: ({ target }: InputEvent<HTMLFormElement>) => {
      if (isText(target)) hasText.current = true
    },
  }
}

/** Text that somebody would miss: no search, choice, password, code, nor a name typed out to confirm something. */
function isText(target: EventTarget): boolean {
  if (target instanceof HTMLTextAreaElement) return true
  if (!(target instanceof HTMLInputElement) || target.role === 'combobox') return false
  return target.type === 'text' && target.name !== '' && target.autocomplete === 'off'
}

'use client'

import { useSyncExternalStore } from 'react'

/** Those who show a choice hear of a change of it in this tab; the platform tells other tabs only. */
const listeners = new Set<() => void>()

function subscribe(listener: () => void) {
  listeners.add(listener)
  window.addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', listener)
  }
}

/**
 * A choice that this browser keeps: what was chosen last, else null, and what sets it. The server knows none. A browser
 * that keeps nothing (a private window) forgets it with the page.
 */
export function useKeptChoice(name: string): [string | null, (value: string) => void] {
  const key = `stele-${name}`
  const value = useSyncExternalStore(
    subscribe,
    () => read(key),
    () => null,
  )
  return [
    value,
    (next) => {
      keep(key, next)
      for (const listener of listeners) listener()
    },
  ]
}

/** What the browser did not let this page keep. */
const unkept = new Map<string, string>()

function read(key: string): string | null {
  try {
    return localStorage.getItem(key) ?? unkept.get(key) ?? null
  } catch {
    return unkept.get(key) ?? null
  }
}

function keep(key: string, value: string) {
  try {
    localStorage.setItem(key, value)
  } catch {
    unkept.set(key, value)
  }
}

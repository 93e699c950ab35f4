'use client'

import { useSyncExternalStore } from 'react'
import type { ComponentType } from 'react'

/**
 * A section of a page whose code is loaded when it is first shown, in the browser alone; `Waiting` stands there until then. For
 * what waits for data that the browser reads anyway.
 *
 * Not React's `lazy`, nor Next's `dynamic`: what suspends shows its fallback for at least 300 ms, however early the code is
 * there (https://github.com/react/react/issues/31819), and only then begins to read its data.
 *
 * An error of the loading is thrown where the section is shown. When it is shown again, its code is loaded again.
 */
export function lazySection<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Waiting: ComponentType = Nothing,
): ComponentType<Props> {
  let loaded: { readonly Section: ComponentType<Props> } | { readonly error: unknown } | null = null
  let isLoading = false
  const listeners = new Set<() => void>()

  function begin() {
    if (loaded !== null || isLoading) return
    isLoading = true
    void load()
      .then(
        (Section) => (loaded = { Section }),
        (error: unknown) => (loaded = { error }),
      )
      .then(() => {
        isLoading = false
        forgetFailure()
        for (const listener of listeners) listener()
      })
  }

  /** Once nobody shows it. */
  function forgetFailure() {
    if (listeners.size === 0 && loaded !== null && 'error' in loaded) loaded = null
  }

  function subscribe(listener: () => void) {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      forgetFailure()
    }
  }

  return function LazySection(props: Props) {
    const now = useSyncExternalStore(
      subscribe,
      () => loaded,
      () => null,
    )
    // Not in an effect, which comes after the browser has painted what waits.
    if (typeof window !== 'undefined') begin()
    if (now === null) return <Waiting />
    if ('error' in now) throw now.error
    return <now.Section {...props} />
  }
}

function Nothing() {
  return null
}

'use client'

import { useSyncExternalStore } from 'react'

/** How often what an open page shows is compared with the clock. */
export const tickMs = 10_000

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** Calls the listener at each tick, until the returned function is called. All listeners share one timer. */
export function onTick(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    for (const each of listeners) each()
  }, tickMs)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The time of the last tick: the same however often a rendering asks. */
export function tickAt(nowMs: number): number {
  return Math.floor(nowMs / tickMs) * tickMs
}

/** The time in milliseconds since 1970, at most ten seconds old; the component is rendered again when it moves. */
export function useNowMs(): number {
  return useSyncExternalStore(
    onTick,
    () => tickAt(Date.now()),
    // The server does not know the time on the reader's clock.
    () => 0,
  )
}

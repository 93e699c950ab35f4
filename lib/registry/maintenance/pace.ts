import { setTimeout } from 'node:timers/promises'

/**
 * Holds whoever waits for it to `mibPerSecond`; null: at once. Time that was not used is not made up for. Rejects when
 * `signal` is aborted.
 */
export function paceOf(mibPerSecond: number | null, signal: AbortSignal): (bytes: number) => Promise<void> {
  let freeAt = performance.now()
  return async (bytes) => {
    signal.throwIfAborted()
    if (mibPerSecond === null) return
    const now = performance.now()
    freeAt = Math.max(now, freeAt) + (bytes / (mibPerSecond * 1024 * 1024)) * 1000
    await setTimeout(freeAt - now, undefined, { signal })
  }
}

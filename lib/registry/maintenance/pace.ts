import { setTimeout } from 'node:timers/promises'
import { turns } from '@/lib/registry/give-turns'

/**
 * Returns a function that limits a caller that awaits it to `mibPerSecond`; null means no limit, only turns for other
 * requests. Unused time is not saved up. The function rejects when `signal` is aborted.
 */
export function paceOf(mibPerSecond: number | null, signal: AbortSignal): (bytes: number) => Promise<void> {
  const giveTurn = turns()
  let freeAt = performance.now()
  return async (bytes) => {
    signal.throwIfAborted()
    if (mibPerSecond === null) return giveTurn()
    const now = performance.now()
    freeAt = Math.max(now, freeAt) + (bytes / (mibPerSecond * 1024 * 1024)) * 1000
    await setTimeout(freeAt - now, undefined, { signal })
  }
}

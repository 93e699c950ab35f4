import { setImmediate } from 'node:timers/promises'

/** For how long work may go on before other requests get a turn, in milliseconds. */
const stretchMaxMs = 5

/**
 * Returns a function for long work to await between its steps: other requests run then, if the last such break is more
 * than 5 milliseconds ago. Awaiting a read of the database is no break: SQLite's are synchronous.
 */
export function turns(): () => Promise<void> {
  let stretchStart = performance.now()
  return async () => {
    if (performance.now() - stretchStart < stretchMaxMs) return
    await setImmediate()
    stretchStart = performance.now()
  }
}

/** Items between two looks at the clock. */
const itemsOfStep = 20

/** Calls `work` for each item in order, and awaits `giveTurn` in between. */
export async function eachInTurns<T>(
  items: readonly T[],
  giveTurn: () => Promise<void>,
  work: (item: T) => void,
): Promise<void> {
  for (let start = 0; start < items.length; start += itemsOfStep) {
    for (const item of items.slice(start, start + itemsOfStep)) work(item)
    await giveTurn()
  }
}

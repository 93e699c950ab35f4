import { setTimeout } from 'node:timers/promises'

/** The result of `work`. Throws what `work` throws, or an Error after `timeoutMs`; `work` itself is not cancelled. */
export async function withTimeout<T>(timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const settled = new AbortController()
  const tooLate = setTimeout(timeoutMs, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`no answer within ${timeoutMs} ms`)
  })
  try {
    return await Promise.race([work(), tooLate])
  } finally {
    settled.abort()
    // The abort rejects the timer, and nobody awaits it any more.
    tooLate.catch(() => undefined)
  }
}

import { setTimeout } from 'node:timers/promises'

/** What `work` resolves with. Throws what it throws, or an Error after `timeoutMs`; it is not waited for any longer then. */
export async function within<T>(timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const settled = new AbortController()
  const tooLate = setTimeout(timeoutMs, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`no answer within ${timeoutMs} ms`)
  })
  try {
    return await Promise.race([work(), tooLate])
  } finally {
    settled.abort()
    // It rejects for being aborted, which nobody waits for.
    tooLate.catch(() => undefined)
  }
}

import { PerformanceObserver, constants } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { noteBodyBytes } from './young-garbage'

const mebibyte = 1024 * 1024
const chunkBytes = 64 * 1024

/** How many collections of all garbage V8 makes while 6 GiB of chunks come that nobody uses any more. */
async function countFullCollections(note: (count: number) => void): Promise<number> {
  let count = 0
  const observer = new PerformanceObserver((list) => {
    const collections = list.getEntries() as unknown as { readonly detail: { readonly kind: number } }[]
    count += collections.filter(({ detail }) => detail.kind !== constants.NODE_PERFORMANCE_GC_MINOR).length
  })
  observer.observe({ entryTypes: ['gc'] })
  for (let sent = 0; sent < 6144 * mebibyte; sent += chunkBytes) {
    // As Node makes the chunks of a body: an array of its own for each.
    new Uint8Array(chunkBytes).fill(1)
    note(chunkBytes)
    // As between two reads of a socket.
    if (sent % (16 * chunkBytes) === 0) await setImmediate()
  }
  await setImmediate()
  observer.disconnect()
  return count
}

// When V8 collects is its own decision: on a quiet machine it needs few collections by itself, too.
test('the bytes of bodies are freed without collections of all garbage', { retry: 3 }, async () => {
  const byItself = await countFullCollections(() => undefined)
  expect(await countFullCollections(noteBodyBytes)).toBeLessThan(byItself)
})

test('the function of V8 is exposed to nobody else', () => {
  noteBodyBytes(64 * mebibyte)
  expect(runInNewContext('typeof gc')).toBe('undefined')
})

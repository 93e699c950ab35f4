import { type NodeGCPerformanceDetail, PerformanceObserver, constants } from 'node:perf_hooks'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { noteBodyBytes } from './young-garbage'

const mebibyte = 1024 * 1024
const chunkBytes = 64 * 1024

/** How often V8 collects young garbage while 1 GiB of chunks come, which nobody uses any more. */
async function youngCollections(note: (count: number) => void): Promise<number> {
  let collections = 0
  const observer = new PerformanceObserver((list) => {
    const entries = list.getEntries() as (PerformanceEntry & { readonly detail: NodeGCPerformanceDetail })[]
    collections += entries.filter(({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MINOR).length
  })
  observer.observe({ entryTypes: ['gc'] })
  for (let sent = 0; sent < 1024 * mebibyte; sent += chunkBytes) {
    // As Node makes the chunks of a body: an array of its own for each.
    new Uint8Array(chunkBytes).fill(1)
    note(chunkBytes)
    // As between two reads of a socket.
    if (sent % (16 * chunkBytes) === 0) await setImmediate()
  }
  // The entries of the last ones arrive later.
  await setTimeout(100)
  observer.disconnect()
  return collections
}

test('the bytes of bodies are freed after each 16 MiB, sooner than V8 would do that by itself', async () => {
  expect(await youngCollections(() => undefined)).toBeLessThan(64)
  expect(await youngCollections(noteBodyBytes)).toBeGreaterThanOrEqual(64)
})

test('the function of V8 is exposed to nobody else', () => {
  noteBodyBytes(64 * mebibyte)
  expect(runInNewContext('typeof gc')).toBe('undefined')
})

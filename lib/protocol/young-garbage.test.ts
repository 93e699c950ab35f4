import { memoryUsage } from 'node:process'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { noteBodyBytes } from './young-garbage'

const mebibyte = 1024 * 1024
const chunkBytes = 64 * 1024

/** The most memory that chunks took which nobody uses any more, while 512 MiB of them came. */
function peakBytes(note: (count: number) => void): number {
  const before = memoryUsage().arrayBuffers
  let peak = 0
  for (let sent = 0; sent < 512 * mebibyte; sent += chunkBytes) {
    // As Node makes the chunks of a body: an array of its own for each.
    new Uint8Array(chunkBytes).fill(1)
    note(chunkBytes)
    peak = Math.max(peak, memoryUsage().arrayBuffers - before)
  }
  return peak
}

test('the bytes of bodies are freed before V8 would do so', () => {
  // V8 starts to free them at 64 MiB by itself. A thread frees what was collected, on a busy machine a little later.
  expect(peakBytes(noteBodyBytes)).toBeLessThan(56 * mebibyte)
})

test('the function of V8 is exposed to nobody else', () => {
  noteBodyBytes(64 * mebibyte)
  expect(runInNewContext('typeof gc')).toBe('undefined')
})

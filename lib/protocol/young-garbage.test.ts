import { setImmediate } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { noteBodyBytes } from './young-garbage'

const mebibyte = 1024 * 1024
const chunkBytes = 64 * 1024

/** The middle of what 1 GiB of chunks, which nobody uses any more, takes of memory while they come, in bytes. */
async function usualBytes(note: (count: number) => void): Promise<number> {
  const taken: number[] = []
  for (let sent = 0; sent < 1024 * mebibyte; sent += chunkBytes) {
    // As Node makes the chunks of a body: an array of its own for each.
    new Uint8Array(chunkBytes).fill(1)
    note(chunkBytes)
    taken.push(process.memoryUsage().arrayBuffers)
    // As between two reads of a socket.
    if (sent % (16 * chunkBytes) === 0) await setImmediate()
  }
  return taken.sort((a, b) => a - b)[Math.floor(taken.length / 2)] ?? 0
}

test('the bytes of bodies are freed before V8 would do that by itself', async () => {
  const byItself = await usualBytes(() => undefined)
  const noted = await usualBytes(noteBodyBytes)
  expect(noted).toBeLessThan(byItself)
})

test('the function of V8 is exposed to nobody else', () => {
  noteBodyBytes(64 * mebibyte)
  expect(runInNewContext('typeof gc')).toBe('undefined')
})

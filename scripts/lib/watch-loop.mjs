// Loaded into each process of the server by scripts/lib/measured-server.ts (`--import`): answers each connection to a
// socket in the folder WATCH_FOLDER with the longest turn of its event loop since the last one, in milliseconds: CPU time
// of the main thread, and what it waited for the disk. Waiting for a processor that other programs have does not count.
// Linux only.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setInterval } from 'node:timers'
import { isMainThread } from 'node:worker_threads'

/** How often a turn is looked for, in milliseconds: turns that are shorter than this count together. */
const sampleMs = 2

const folder = process.env['WATCH_FOLDER']

/** The second number of schedstat is the time that the thread has waited for a processor, in nanoseconds. */
function waitedMs() {
  return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6
}

if (isMainThread && folder !== undefined) {
  let longest = 0
  let last = performance.now() - waitedMs()
  setInterval(() => {
    const now = performance.now() - waitedMs()
    longest = Math.max(longest, now - last - sampleMs)
    last = now
  }, sampleMs).unref()
  const server = createServer((socket) => {
    socket.on('error', () => undefined).end(String(longest))
    longest = 0
  })
  server.listen(join(folder, `${process.pid}.sock`)).unref()
}

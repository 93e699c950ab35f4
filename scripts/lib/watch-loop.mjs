// Loaded into each process of the server by scripts/lib/measured-server.ts (`--import`): answers each connection to a
// socket in the folder WATCH_FOLDER with the longest turn of its event loop since the last one, in milliseconds: CPU time
// of the main thread, and what it waited for the disk. Waiting for a processor that other programs have does not count,
// but that of a virtual machine for its host does; so the second number is the longest turn in CPU time alone.
// Linux only.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setInterval } from 'node:timers'
import { isMainThread } from 'node:worker_threads'

/** How often a turn is looked for, in milliseconds: turns that are shorter than this count together. */
const sampleMs = 2

const folder = process.env['WATCH_FOLDER']

/** The first numbers of schedstat(5): how long the thread has run, and waited for a processor, in nanoseconds. */
function readTimes() {
  const [ranMs, waitedMs] = readFileSync('/proc/self/schedstat', 'utf8')
    .split(' ', 2)
    .map((text) => Number(text) / 1e6)
  return { ranMs, notWaitedMs: performance.now() - waitedMs }
}

if (isMainThread && folder !== undefined) {
  let longest = 0
  let longestCpu = 0
  let last = readTimes()
  setInterval(() => {
    const now = readTimes()
    longest = Math.max(longest, now.notWaitedMs - last.notWaitedMs - sampleMs)
    longestCpu = Math.max(longestCpu, now.ranMs - last.ranMs)
    last = now
  }, sampleMs).unref()
  const server = createServer((socket) => {
    socket.on('error', () => undefined).end(`${longest} ${longestCpu}`)
    longest = 0
    longestCpu = 0
  })
  server.listen(join(folder, `${process.pid}.sock`)).unref()
}

// Loaded into the server by scripts/measure-delays.ts (`--import`): answers each message of the parent with the longest
// turn of the event loop since the last one, in milliseconds of CPU time of the main thread. Other programs that take the
// processor meanwhile do not count. Linux only.
import { readFileSync } from 'node:fs'
import { setInterval } from 'node:timers'
import { isMainThread } from 'node:worker_threads'

/** How often a turn is looked for, in milliseconds: turns that are shorter than this count together. */
const sampleMs = 2

/** The first number of schedstat(5) is the time that the thread has run, in nanoseconds. */
function usedMs() {
  return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[0]) / 1e6
}

if (isMainThread && process.send !== undefined) {
  let longest = 0
  let last = usedMs()
  setInterval(() => {
    const now = usedMs()
    longest = Math.max(longest, now - last)
    last = now
  }, sampleMs).unref()
  process.on('message', () => {
    process.send({ longestTurnMs: longest })
    longest = 0
  })
}

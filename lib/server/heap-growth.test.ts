import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** Keeps 40 MB, makes 400 MB of garbage that is old when it becomes garbage, and prints the largest heap in MB. */
const program = `
  const kept = Array.from({ length: 40 }, () => new Array(125_000).fill(0.5))
  const recent = new Array(20)
  let largest = 0
  const timer = setInterval(() => {
    for (let n = 0; n < 4; n++) recent[(count + n) % recent.length] = new Array(125_000).fill(count + 0.5)
    largest = Math.max(largest, process.memoryUsage().heapUsed / 1e6)
    count += 4
    if (count < 400) return
    clearInterval(timer)
    console.log(Math.round(largest), kept.length)
  }, 1)
  let count = 0`

function largestHeap(before: string): number {
  const args = ['--import', 'tsx', '--input-type=module', '-e', `${before};${program}`]
  return parseInt(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

test('the heap grows less between collections', () => {
  const limited = largestHeap(
    `import * as growth from './lib/server/heap-growth.ts'; (growth.default ?? growth).limitHeapGrowth()`,
  )
  const unlimited = largestHeap('')
  expect(limited).toBeLessThan(unlimited * 0.85)
})

import { setFlagsFromString } from 'node:v8'

/**
 * How much the heap grows before its garbage is collected, in percent of what the last collection left.
 *
 * V8 lets the heap of a busy server grow to four times that. Each small request leaves some garbage that only a full
 * collection finds, so the process would grow from 200 to 400 MiB within a minute of pulls and keep that memory.
 * Collections are four times as frequent, which costs less CPU time than can be measured: one for every 15,000 requests
 * (docs/decisions/0031-cost-of-a-push.md).
 */
const growthPercent = 30

/** Limits how much the heap of this process grows between collections, from now on and in all of its threads. */
export function limitHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`)
}

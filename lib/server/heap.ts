import { setFlagsFromString } from 'node:v8'

/**
 * Has V8 collect the garbage of this process when its heap has doubled since the last time. By itself it waits until it
 * is up to four times as large (docs/decisions/0036-heap.md).
 */
export function limitHeapGrowth(): void {
  setFlagsFromString('--heap-growing-percent=100')
}

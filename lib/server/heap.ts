import { setFlagsFromString } from 'node:v8'

/**
 * Has V8 collect the garbage of this process when its heap has doubled since the last time. By itself it waits until it
 * is up to four times as large (docs/decisions/0036-heap.md). A reader waits as long as that: its heap is so small that
 * the bodies between two young collections would double it, and each of them would have the whole heap collected
 * (docs/decisions/0049-batches-of-bodies.md).
 */
export function limitHeapGrowth(role: 'main' | 'reader'): void {
  setFlagsFromString(`--heap-growing-percent=${role === 'main' ? 100 : 300}`)
}

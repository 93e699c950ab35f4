import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** How many bytes of bodies may arrive between two collections: a quarter of what starts a full collection in V8. */
const betweenBytes = 16 * 1024 * 1024

/** A function of V8, which collects the young garbage only. */
type Collect = (options: { readonly type: 'minor' }) => void

let bytes = 0
let collect: Collect | null = null

/**
 * Counts bytes of a request's body that have arrived, and has V8 free what is no longer used of them. By itself it would
 * find them by full collections: a chunk is a small object with 64 KiB elsewhere, so the young ones never become many
 * (docs/decisions/0036-heap.md).
 */
export function noteBodyBytes(count: number): void {
  bytes += count
  if (bytes < betweenBytes) return
  bytes = 0
  collect ??= loadCollect()
  collect({ type: 'minor' })
}

/** V8 gives the function to the contexts that are created while it exposes it: to this one only. */
function loadCollect(): Collect {
  setFlagsFromString('--expose-gc')
  const loaded = runInNewContext('gc') as Collect
  setFlagsFromString('--no-expose-gc')
  return loaded
}

import { createHash, type Hash } from 'node:crypto'

import type { Body } from './s3-client'

/** Bytes of a part come and go in pieces of this size, so that a slow upload takes only the memory of what it has sent. */
const slabBytes = 256 * 1024

/** How many free slabs are kept for the next part: 16 MiB. */
const freeMax = 64

const free: Buffer[] = []

/** How many bytes of slabs are in use in this process. */
let heldBytes = 0

/** How many bytes all parts of this process take now. */
export function bytesInParts(): number {
  return heldBytes
}

/** Collects the bytes of one part. They are copied, because many small chunks would take much more memory. */
export class PartBuffer {
  #slabs: Buffer[] = []
  #length = 0
  readonly #hash: Hash = createHash('sha256')
  #hashed = 0

  /** `signs`: the hash is taken as the bytes come, so that it takes no long time at the end. */
  constructor(
    readonly capacity: number,
    private readonly signs: boolean,
  ) {}

  get length(): number {
    return this.#length
  }

  get isFull(): boolean {
    return this.#length === this.capacity
  }

  /** Copies from the start of `chunk` as many bytes as there is room for, and returns how many. */
  add(chunk: Uint8Array): number {
    const count = Math.min(chunk.byteLength, this.capacity - this.#length)
    for (let done = 0; done < count;) {
      const at = this.#length % slabBytes
      if (at === 0) this.#slabs.push(takeSlab())
      const slab = this.#slabs.at(-1) as Buffer
      const size = Math.min(count - done, slabBytes - at)
      slab.set(chunk.subarray(done, done + size), at)
      done += size
      this.#length += size
    }
    if (this.signs && this.#length - this.#hashed >= slabBytes) this.#hashRest()
    return count
  }

  /** The bytes so far, for a request. More may be added while it is sent. */
  body(): Body & { readonly sha256: string } {
    this.#hashRest()
    return { chunks: [...this.#pieces(0)], length: this.#length, sha256: this.#hash.copy().digest('hex') }
  }

  /** The bytes, without a hash unless the client signs bodies. */
  partBody(): Body {
    return this.signs ? this.body() : { chunks: [...this.#pieces(0)], length: this.#length, sha256: null }
  }

  /** Gives the memory back. `reuse`: nothing reads the bytes any more. */
  release({ reuse }: { readonly reuse: boolean }): void {
    heldBytes -= this.#slabs.length * slabBytes
    if (reuse) for (const slab of this.#slabs) if (free.length < freeMax) free.push(slab)
    this.#slabs = []
    this.#length = 0
  }

  #hashRest(): void {
    for (const piece of this.#pieces(this.#hashed)) this.#hash.update(piece)
    this.#hashed = this.#length
  }

  *#pieces(from: number): Generator<Buffer> {
    for (let at = from; at < this.#length; at = at - (at % slabBytes) + slabBytes) {
      const slab = this.#slabs[Math.floor(at / slabBytes)] as Buffer
      const end = Math.min(slabBytes, this.#length - Math.floor(at / slabBytes) * slabBytes)
      yield slab.subarray(at % slabBytes, end)
    }
  }
}

function takeSlab(): Buffer {
  heldBytes += slabBytes
  return free.pop() ?? Buffer.allocUnsafeSlow(slabBytes)
}

import { createHash } from 'node:crypto'
import type { Leaf } from '@/lib/domain/transparency/leaf'
import { LeafError, readLeaf, writeLeaf } from '@/lib/domain/transparency/leaf'

/** Bytes of a hash that are kept: two entries that differ have the same with a probability of 1 in 2^128. */
const keptBytes = 16

/**
 * The entries of the ledger of which a log has leaves: their ids, their leaves, and a hash of what each says; 24 bytes an
 * entry.
 */
export class LedgerEntries {
  #ids = new Uint32Array(1024)
  #leaves = new Uint32Array(1024)
  #hashes = Buffer.alloc(1024 * keptBytes)
  #count = 0
  /** The places of the entries by id; null: not sorted since the last one came. */
  #order: Uint32Array | null = null

  get size(): number {
    return this.#count
  }

  /** Adds the leaf at an index, if an entry of the ledger made it. */
  add(index: number, leaf: Leaf): void {
    if (!('id' in leaf)) return
    if (this.#count === this.#ids.length) this.#grow()
    this.#ids[this.#count] = leaf.id
    this.#leaves[this.#count] = index
    this.#hashes.set(hashEntry(leaf), this.#count * keptBytes)
    this.#count += 1
    this.#order = null
  }

  /** The entry that is at this place by id, from 0 on; null after the last one. */
  at(place: number): { readonly id: number; readonly leaf: number; readonly says: (line: string) => boolean } | null {
    this.#order ??= this.#sort()
    const at = this.#order[place]
    if (at === undefined) return null
    const own = this.#hashes.subarray(at * keptBytes, (at + 1) * keptBytes)
    return {
      id: this.#ids[at] as number,
      leaf: this.#leaves[at] as number,
      says: (line) => hashLine(line)?.equals(own) === true,
    }
  }

  #grow(): void {
    const ids = new Uint32Array(this.#ids.length * 2)
    const leaves = new Uint32Array(ids.length)
    const hashes = Buffer.alloc(ids.length * keptBytes)
    ids.set(this.#ids)
    leaves.set(this.#leaves)
    hashes.set(this.#hashes)
    ;[this.#ids, this.#leaves, this.#hashes] = [ids, leaves, hashes]
  }

  #sort(): Uint32Array {
    const order = Uint32Array.from({ length: this.#count }, (_, at) => at)
    const ids = this.#ids
    return order.sort((a, b) => (ids[a] as number) - (ids[b] as number) || a - b)
  }
}

/** Whether a line says what the leaf of an entry says. */
export function isSameEntry(line: string, leaf: Leaf): boolean {
  return hashLine(line)?.equals(hashEntry(leaf)) === true
}

function hashLine(line: string): Buffer | null {
  try {
    return hashEntry(readLeaf(line))
  } catch (error) {
    if (error instanceof LeafError) return null
    throw error
  }
}

function hashEntry(leaf: Leaf): Buffer {
  // When an opening ends is not in the ledger itself.
  const line = writeLeaf(leaf.kind === 'opened' ? { ...leaf, closesAt: leaf.time } : leaf)
  return createHash('sha256').update(line).digest().subarray(0, keptBytes)
}

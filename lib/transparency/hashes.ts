import { hash } from 'node:crypto'

/** Hashing of RFC 6962, section 2.1, with SHA-256. */

/** Bytes of a hash. */
export const hashBytes = 32

/** The root of a tree without leaves. */
export function emptyRoot(): Buffer {
  return hash('sha256', '', 'buffer')
}

/** The hash of a leaf: of a zero byte and the leaf. */
export function hashLeaf(leaf: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(1 + leaf.length)
  input[0] = 0
  input.set(leaf, 1)
  return hash('sha256', input, 'buffer')
}

/** The hash of a node: of a one byte and its two children. */
export function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(1 + 2 * hashBytes)
  input[0] = 1
  input.set(left, 1)
  input.set(right, 1 + hashBytes)
  return hash('sha256', input, 'buffer')
}

/** Whether two hashes are the same. */
export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}

/** The root of the perfect tree over hashes, whose number is a power of two. */
export function perfectRoot(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, at) =>
      hashNode(row[2 * at] as Uint8Array, row[2 * at + 1] as Uint8Array),
    )
  }
  return row[0] as Uint8Array
}

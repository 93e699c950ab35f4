import { type Tile, tileOf, tileWidth } from '@/lib/domain/transparency/tiles'
import { hashBytes, hashNode, isSameHash, perfectRoot } from './hashes'
import { type TileReader, readTile } from './tree'

/**
 * Inclusion and consistency proofs of RFC 6962, sections 2.1.1 and 2.1.2: made from tiles, and verified without them.
 */

/** Leaves from `start` on, up to but without `end`. */
interface Range {
  readonly start: number
  readonly end: number
}

/** The inclusion proof of leaf `index` in the tree of the first `size` leaves. The reader's log may be larger. */
export async function proveInclusion(reader: TileReader, index: number, size: number): Promise<Uint8Array[]> {
  const [proof] = await proveInclusions(reader, [index], size)
  return proof as Uint8Array[]
}

/** The inclusion proofs of many leaves; each tile is read once. */
export async function proveInclusions(
  reader: TileReader,
  indexes: readonly number[],
  size: number,
): Promise<Uint8Array[][]> {
  if (indexes.some((index) => index < 0 || index >= size)) throw new RangeError('the tree has no such leaf')
  const paths = indexes.map((index) => inclusionRanges(index, size))
  const hashOf = await readRanges(reader, paths.flat(), size)
  return paths.map((ranges) => ranges.map(hashOf))
}

/** The proof that the tree of the first `from` leaves is the beginning of the one of the first `to`. Empty for 0. */
export async function proveConsistency(reader: TileReader, from: number, to: number): Promise<Uint8Array[]> {
  if (from < 0 || from > to) throw new RangeError('the older tree is not the larger one')
  const ranges = from === 0 || from === to ? [] : consistencyRanges(from, to)
  return ranges.map(await readRanges(reader, ranges, to))
}

/** Whether `proof` shows that `leafHash` is leaf `index` of the tree of `size` leaves with this root. */
export function verifyInclusion(
  proof: readonly Uint8Array[],
  { index, size, leafHash, root }: InclusionClaim,
): boolean {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return false
  // RFC 9162, section 2.1.3.2, which verifies the proofs of RFC 6962.
  let node = index
  let last = size - 1
  let hash = leafHash
  for (const sibling of proof) {
    if (last === 0 || sibling.length !== hashBytes) return false
    if (node % 2 === 1 || node === last) {
      hash = hashNode(sibling, hash)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)]
    } else {
      hash = hashNode(hash, sibling)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && isSameHash(hash, root)
}

/** What an inclusion proof is about. */
export interface InclusionClaim {
  readonly index: number
  readonly size: number
  readonly leafHash: Uint8Array
  readonly root: Uint8Array
}

/** A tree by its size and root. */
export interface TreeHead {
  readonly size: number
  readonly root: Uint8Array
}

/** Whether `proof` shows that the tree `from` is the beginning of the tree `to`. */
export function verifyConsistency(proof: readonly Uint8Array[], from: TreeHead, to: TreeHead): boolean {
  if (from.size > to.size || from.size < 0) return false
  if (from.size === 0) return proof.length === 0
  if (from.size === to.size) return proof.length === 0 && isSameHash(from.root, to.root)
  if (proof.some((one) => one.length !== hashBytes)) return false
  // RFC 9162, section 2.1.4.2. Where the older tree is perfect, its root is the first hash, which is left out.
  const rest = [...proof]
  let node = from.size - 1
  let last = to.size - 1
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  const first = node === 0 ? from.root : rest.shift()
  if (first === undefined) return false
  let [older, newer] = [first, first]
  for (const sibling of rest) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      older = hashNode(sibling, older)
      newer = hashNode(sibling, newer)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)]
    } else {
      newer = hashNode(newer, sibling)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && isSameHash(older, from.root) && isSameHash(newer, to.root)
}

/** The largest power of two that is smaller than `n`. */
function splitPoint(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}

/** The subtrees whose roots are the path of a leaf, from the leaf up. */
function inclusionRanges(index: number, size: number): Range[] {
  const ranges: Range[] = []
  for (let start = 0, end = size; end - start > 1;) {
    const middle = start + splitPoint(end - start)
    if (index < middle) {
      ranges.push({ start: middle, end })
      end = middle
    } else {
      ranges.push({ start, end: middle })
      start = middle
    }
  }
  return ranges.reverse()
}

/** The subtrees of a consistency proof, in its order: from where the older tree ends, up. */
function consistencyRanges(from: number, to: number): Range[] {
  const ranges: Range[] = []
  let [start, end] = [0, to]
  while (from !== end) {
    const middle = start + splitPoint(end - start)
    if (from <= middle) {
      ranges.push({ start: middle, end })
      end = middle
    } else {
      ranges.push({ start, end: middle })
      start = middle
    }
  }
  // What is left is a whole subtree of both trees; where it is the older tree itself, the verifier has its root.
  if (start > 0) ranges.push({ start, end })
  return ranges.reverse()
}

/** A perfect subtree: `count` hashes of a tile. */
interface PerfectPart {
  readonly tile: Tile
  readonly from: number
  readonly count: number
}

/** Reads all that ranges need at once; returns the root of each range. */
async function readRanges(
  reader: TileReader,
  ranges: readonly Range[],
  size: number,
): Promise<(range: Range) => Uint8Array> {
  const tiles = new Map<string, Tile>()
  for (const { tile } of ranges.flatMap((range) => perfectParts(range, size))) tiles.set(keyOf(tile), tile)
  const wanted = [...tiles.values()]
  const bytes = wanted.length === 0 ? [] : await reader.read(wanted)
  const hashes = new Map(wanted.map((tile, at) => [keyOf(tile), readTile(tile, bytes[at] as Uint8Array)]))
  return (range) =>
    perfectParts(range, size)
      .map(({ tile, from, count }) => perfectRoot((hashes.get(keyOf(tile)) ?? []).slice(from, from + count)))
      .reduceRight((right, left) => hashNode(left, right))
}

function keyOf({ level, index }: Tile): string {
  return `${level}/${index}`
}

/** The perfect subtrees of a range, from left to right, and where the tiles of a log of `size` leaves have them. */
function perfectParts({ start, end }: Range, size: number): PerfectPart[] {
  const parts: PerfectPart[] = []
  for (let at = start; at < end;) {
    let width = 1
    while (at + width * 2 <= end) width *= 2
    // The start of a range of a tree is a multiple of a power of two that is not smaller than its widest subtree.
    let [level, unit] = [0, 1]
    while (unit * tileWidth <= width) [level, unit] = [level + 1, unit * tileWidth]
    const first = at / unit
    const index = Math.floor(first / tileWidth)
    const tile = tileOf(size, level, index) as Tile
    parts.push({ tile, from: first - index * tileWidth, count: width / unit })
    at += width
  }
  return parts
}

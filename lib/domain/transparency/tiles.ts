/**
 * Tiles and entry bundles of a log, as C2SP tlog-tiles names and stores them (https://c2sp.org/tlog-tiles).
 *
 *     checkpoint                          signed note: size and root
 *     tile/<L>/<N>[.p/<W>]                256 hashes of level L from N*256 on, or the first W of them
 *     tile/entries/<N>[.p/<W>]            256 leaves from N*256 on, each after its length, or the first W of them
 *
 * `<N>` is in groups of three digits, all but the last after an `x`: 1234067 is `x001/x234/067`.
 */

/** Hashes or leaves of a full tile. */
export const tileWidth = 256

/** A tile of hashes: `width` of the 256 from `index * 256` on, at `level`. */
export interface Tile {
  readonly level: number
  readonly index: number
  /** 1 to 256; a tile of less than 256 is partial. */
  readonly width: number
}

/** A bundle of leaves: `width` of the 256 from `index * 256` on. */
export interface EntryBundle {
  readonly level: 'entries'
  readonly index: number
  readonly width: number
}

const levelMax = 63

/** `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]` */
export function tilePath({ level, index, width }: Tile | EntryBundle): string {
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? []
  const elements = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group))
  return `tile/${level}/${elements.join('/')}${width === tileWidth ? '' : `.p/${width}`}`
}

const pathPattern = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*)(\d{3})(?:\.p\/([1-9]\d{0,2}))?$/

/** What a path names, or null when it names nothing: then there is nothing to serve there, and no other spelling. */
export function parseTilePath(path: string): Tile | EntryBundle | null {
  const [, level = '', high = '', low = '', partial] = pathPattern.exec(path) ?? []
  if (low === '' || (level !== 'entries' && Number(level) > levelMax)) return null
  const index = Number(high.replace(/[x/]/g, '') + low)
  const width = partial === undefined ? tileWidth : Number(partial)
  if (!Number.isSafeInteger(index * tileWidth + tileWidth) || (partial !== undefined && width >= tileWidth)) return null
  const parsed = level === 'entries' ? { level, index, width } : { level: Number(level), index, width }
  // A number has one spelling only: no group of zeroes in front.
  return tilePath(parsed as Tile) === path ? (parsed as Tile) : null
}

/** How many hashes of `level` a log of `size` leaves has in its tiles. */
export function hashesOfLevel(size: number, level: number): number {
  return Math.floor(size / tileWidth ** level)
}

/** The tile of this level and index in a log of `size` leaves: as wide as the log makes it; null when it has none. */
export function tileOf(size: number, level: number, index: number): Tile | null {
  const width = Math.min(tileWidth, hashesOfLevel(size, level) - index * tileWidth)
  return width > 0 ? { level, index, width } : null
}

/** The bundle of this index in a log of `size` leaves, or null when it has none. */
export function bundleOf(size: number, index: number): EntryBundle | null {
  const tile = tileOf(size, 0, index)
  return tile === null ? null : { level: 'entries', index, width: tile.width }
}

/** The last tile of each level of a log of `size` leaves that is partial. */
export function edgeTiles(size: number): Tile[] {
  const tiles: Tile[] = []
  for (let level = 0; hashesOfLevel(size, level) > 0; level++) {
    const hashes = hashesOfLevel(size, level)
    const width = hashes % tileWidth
    if (width > 0) tiles.push({ level, index: Math.floor(hashes / tileWidth), width })
  }
  return tiles
}

/** The bytes of a bundle: each leaf after its length, two bytes, big-endian. Throws a RangeError for a longer leaf. */
export function writeEntries(leaves: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(leaves.reduce((sum, leaf) => sum + 2 + leaf.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const leaf of leaves) {
    if (leaf.length > 0xffff) throw new RangeError('a leaf has at most 65,535 bytes')
    view.setUint16(at, leaf.length)
    bytes.set(leaf, at + 2)
    at += 2 + leaf.length
  }
  return bytes
}

/** The leaves of a bundle; null when the bytes do not end with a leaf. */
export function readEntries(bytes: Uint8Array): Uint8Array[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const leaves: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    if (at + 2 > bytes.length) return null
    const end = at + 2 + view.getUint16(at)
    if (end > bytes.length) return null
    leaves.push(bytes.subarray(at + 2, end))
    at = end
  }
  return leaves
}

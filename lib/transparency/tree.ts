import { type Tile, edgeTiles, hashesOfLevel, tileWidth } from '@/lib/domain/transparency/tiles'
import { emptyRoot, hashBytes, hashNode, isSameHash, perfectRoot } from './hashes'

/**
 * The Merkle tree of RFC 6962 over the tiles of C2SP tlog-tiles.
 *
 * To append to a log, only its right edge is needed: of each level the last, partial tile. `RightEdge` holds it, at most
 * 255 hashes a level, whatever the size of the log.
 */

/** Reads the tiles of one log. */
export interface TileReader {
  /**
   * The bytes of these tiles, in their order: `width * 32` each; a stored tile that is wider is cut to that by the
   * reader. Rejects when one cannot be read.
   */
  read(tiles: readonly Tile[]): Promise<readonly Uint8Array[]>
}

/** A tile and its bytes. */
export interface StoredTile {
  readonly tile: Tile
  readonly bytes: Uint8Array
}

/** What an append makes of a log. */
export interface Appended {
  readonly size: number
  readonly root: Uint8Array
  /** The tiles that are new: full ones, and the partial ones of the new right edge. */
  readonly tiles: readonly StoredTile[]
}

/** Thrown by whatever reads tiles, when a tile does not have the bytes that it must have. */
export class TileError extends Error {}

/** The hashes of a tile. Throws a TileError when their number is not the tile's width. */
export function readTile({ width }: Tile, bytes: Uint8Array): Uint8Array[] {
  if (bytes.length !== width * hashBytes) {
    throw new TileError(`it has ${bytes.length} bytes instead of ${width * hashBytes}`)
  }
  return Array.from({ length: width }, (_, at) => bytes.subarray(at * hashBytes, (at + 1) * hashBytes))
}

/** The bytes of a tile of these hashes. */
export function writeTile(hashes: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(hashes)
}

/** The right edge of a tree that grows. */
export class RightEdge {
  /** By level: the hashes that are in no full tile yet. */
  readonly #levels: Uint8Array[][]
  #size: number

  private constructor(size: number, levels: Uint8Array[][]) {
    this.#size = size
    this.#levels = levels
  }

  static empty(): RightEdge {
    return new RightEdge(0, [])
  }

  /** The right edge of a log of `size` leaves. Reads one tile a level at most. */
  static async open(size: number, reader: TileReader): Promise<RightEdge> {
    const tiles = edgeTiles(size)
    const bytes = await reader.read(tiles)
    const levels: Uint8Array[][] = []
    for (let level = 0; hashesOfLevel(size, level) > 0; level++) levels.push([])
    tiles.forEach((tile, at) => (levels[tile.level] = readTile(tile, bytes[at] as Uint8Array)))
    return new RightEdge(size, levels)
  }

  get size(): number {
    return this.#size
  }

  /** Adds a leaf by its hash; `filled` gets each tile that this fills, from level 0 up. */
  add(leafHash: Uint8Array, filled?: (tile: Tile, hashes: readonly Uint8Array[]) => void): void {
    this.#size += 1
    let hash = leafHash
    for (let level = 0; ; level++) {
      const hashes = (this.#levels[level] ??= [])
      hashes.push(hash)
      if (hashes.length < tileWidth) return
      const index = hashesOfLevel(this.#size, level) / tileWidth - 1
      filled?.({ level, index, width: tileWidth }, hashes)
      hash = perfectRoot(hashes)
      this.#levels[level] = []
    }
  }

  /** The partial tiles, from level 0 up. */
  partialTiles(): { readonly tile: Tile; readonly hashes: readonly Uint8Array[] }[] {
    return edgeTiles(this.#size).map((tile) => ({ tile, hashes: this.#levels[tile.level] as Uint8Array[] }))
  }

  root(): Uint8Array {
    let root: Uint8Array | null = null
    for (const hashes of this.#levels) {
      // The perfect trees of a level from right to left, smallest first: each is left of everything so far.
      for (let end = hashes.length, width = 1; end > 0; width *= 2) {
        if ((end & width) === 0) continue
        const perfect = perfectRoot(hashes.slice(end - width, end))
        root = root === null ? perfect : hashNode(perfect, root)
        end -= width
      }
    }
    return root ?? emptyRoot()
  }
}

/**
 * Appends leaves, by their hashes, to a log of `size` leaves. Reads the log's right edge only, and changes nothing: the
 * caller stores the tiles, and then the new size and root. With `root`, the log's root so far: throws a TileError when the
 * tiles do not have it, so that no checkpoint is signed that contradicts the one before.
 */
export async function append(
  size: number,
  leafHashes: readonly Uint8Array[],
  reader: TileReader,
  root?: Uint8Array,
): Promise<Appended> {
  const edge = await RightEdge.open(size, reader)
  if (root !== undefined && !isSameHash(edge.root(), root)) throw new TileError('they do not have the root of the log')
  const tiles: StoredTile[] = []
  for (const leafHash of leafHashes) {
    edge.add(leafHash, (tile, hashes) => tiles.push({ tile, bytes: writeTile(hashes) }))
  }
  const before = new Map(edgeTiles(size).map(({ level, index, width }) => [`${level}/${index}`, width]))
  for (const { tile, hashes } of edge.partialTiles()) {
    // A partial tile of a higher level stays as it was until a tile below it is full.
    if (before.get(`${tile.level}/${tile.index}`) === tile.width) continue
    tiles.push({ tile, bytes: writeTile(hashes) })
  }
  return { size: edge.size, root: edge.root(), tiles }
}

/** The root of a log of `size` leaves. Reads its right edge. */
export async function rootOf(size: number, reader: TileReader): Promise<Uint8Array> {
  return (await RightEdge.open(size, reader)).root()
}

import { type KeyObject, generateKeyPairSync } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Leaf, writeLeaf } from '@/lib/domain/transparency/leaf'
import { type Tile, bundleOf, tilePath, tileWidth, writeEntries } from '@/lib/domain/transparency/tiles'
import { signCheckpoint } from '@/lib/transparency/checkpoint'
import { hashLeaf } from '@/lib/transparency/hashes'
import { type VerifierKey, verifierKey } from '@/lib/transparency/note'
import { type TileReader, append } from '@/lib/transparency/tree'
import { LogReadError, type LogSource } from '@/lib/transparency/verify-log'

/** The files of a log in memory, as `/log/<instance>/` serves them. */
export class TestLog implements LogSource, TileReader {
  readonly origin: string
  readonly privateKey: KeyObject
  readonly key: VerifierKey
  /** By path. */
  readonly files = new Map<string, Uint8Array>()
  readonly lines: string[] = []
  #root: Uint8Array = new Uint8Array()

  private constructor(origin: string, privateKey: KeyObject) {
    this.origin = origin
    this.privateKey = privateKey
    this.key = verifierKey(origin, 'note', privateKey)
  }

  /** A signed log of these leaves. `like`: with its name and key. */
  static async of(leaves: readonly (Leaf | string)[], like?: TestLog): Promise<TestLog> {
    const origin = like?.origin ?? 'example-registry.cn-hangzhou.example.com'
    const log = new TestLog(origin, like?.privateKey ?? generateKeyPairSync('ed25519').privateKey)
    await log.append(leaves)
    return log
  }

  get size(): number {
    return this.lines.length
  }

  get checkpoint(): string {
    return Buffer.from(this.files.get('checkpoint') ?? []).toString()
  }

  async append(leaves: readonly (Leaf | string)[]): Promise<void> {
    const before = this.size
    for (const leaf of leaves) this.lines.push(typeof leaf === 'string' ? leaf : writeLeaf(leaf))
    const hashes = this.lines.slice(before).map((line) => hashLeaf(Buffer.from(line)))
    const { size, root, tiles } = await append(before, hashes, this)
    for (const { tile, bytes } of tiles) this.files.set(tilePath(tile), bytes)
    for (let index = Math.floor(before / tileWidth); index * tileWidth < size; index++) {
      const bundle = bundleOf(size, index)
      if (bundle === null) break
      const lines = this.lines.slice(index * tileWidth, index * tileWidth + bundle.width)
      this.files.set(tilePath(bundle), writeEntries(lines.map((line) => Buffer.from(line))))
    }
    this.#root = root
    this.sign({ size, root })
  }

  /** Signs another size or root than the leaves have. */
  sign({ size = this.size, root = this.#root }: { readonly size?: number; readonly root?: Uint8Array }): void {
    const text = signCheckpoint({ origin: this.origin, size, root }, this.privateKey)
    this.files.set('checkpoint', Buffer.from(text))
  }

  async read(path: string): Promise<Uint8Array>
  async read(tiles: readonly Tile[]): Promise<Uint8Array[]>
  async read(wanted: string | readonly Tile[]): Promise<Uint8Array | Uint8Array[]> {
    if (typeof wanted !== 'string') return Promise.all(wanted.map((tile) => this.read(tilePath(tile))))
    const bytes = this.files.get(wanted)
    if (bytes === undefined) throw new LogReadError(`${wanted}: there is no such file`)
    return Promise.resolve(bytes)
  }

  /** Writes the files into a folder. */
  async writeTo(folder: string): Promise<void> {
    for (const [name, bytes] of this.files) {
      const file = path.join(folder, name)
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, bytes)
    }
  }
}

import { LeafError, type Leaf, readLeaf } from '@/lib/domain/transparency/leaf'
import { type Tile, bundleOf, readEntries, tileOf, tilePath, tileWidth } from '@/lib/domain/transparency/tiles'
import { type Cosignature, type SignedCheckpoint, cosignaturesOf, parseCheckpoint } from './checkpoint'
import { type ServedCounts, ServedComparison, type ServedSource } from './compare-served'
import { hashBytes, hashLeaf, isSameHash } from './hashes'
import { LedgerEntries } from './ledger-entries'
import { NoteError, type VerifierKey, isSignedBy } from './note'
import { Replay, type Violation } from './replay'
import { RightEdge, writeTile } from './tree'

/** Where a log is read from: a folder, or a server. */
export interface LogSource {
  /** The bytes of `checkpoint` or `tile/…`. Rejects with a LogReadError when they cannot be read. */
  read(path: string): Promise<Uint8Array>
}

/** Why something of a log could not be read: the end of a sentence. Then there is no verdict. */
export class LogReadError extends Error {}

/** Thrown inside: the log has no further leaves that could be read. */
class BrokenTileError extends Error {}

/** What a log is checked against. */
export interface Expectations {
  /** The keys of the log, several after a rotation; none: the signature of the checkpoint is not checked. */
  readonly keys: readonly VerifierKey[]
  readonly witnesses: readonly VerifierKey[]
  /** Checkpoints of the same log that were kept. */
  readonly older: readonly NamedCheckpoint[]
}

/** An older checkpoint and what its reader calls it: a file name. */
export interface NamedCheckpoint extends SignedCheckpoint {
  readonly name: string
}

/** What was found. A log is good when nothing was violated. */
export interface LogReport {
  readonly checkpoint: SignedCheckpoint
  readonly cosignatures: readonly Cosignature[]
  /** The first violations, in the order of the leaves; `violationCount` is of all. */
  readonly violations: readonly Violation[]
  readonly violationCount: number
  readonly repositories: number
  readonly tags: number
  readonly protectedTags: number
  readonly appendedMoves: number
  /** What was compared with the log; null: nothing. */
  readonly served: ServedCounts | null
}

/** Most violations that a report has. */
const violationsMax = 100

/** Bundles that are read at the same time. */
const readAhead = 16

/**
 * Verifies a whole log: the signature of its checkpoint, every hash of every tile, every leaf, the rule over the leaves,
 * and that it is consistent with older checkpoints. It reads the log once from its beginning to its end; besides what
 * every tag points at, it keeps the right edge of the tree only.
 *
 * With `served`, also that the registry serves what the log says, and that its ledger is that of the log. The checkpoint
 * that is verified in the end is then the one that covers all that was served.
 *
 * Rejects with a LogReadError when something cannot be read.
 */
export async function verifyLog(
  source: LogSource,
  expected: Expectations,
  served: ServedSource | null = null,
): Promise<LogReport> {
  const violations: Violation[] = []
  let violationCount = 0
  const report = (violation: Violation) => {
    violationCount += 1
    if (violations.length < violationsMax) violations.push(violation)
  }
  const checkpoint = await readCheckpoint(source, served?.checkpointBefore)
  const cosignatures = checkSignatures(checkpoint, expected, report)
  const reading = new LogReading(source, { expected, checkpoint, report, keepsEntries: served !== null })
  let counts: ServedCounts | null = null
  try {
    await reading.readTo(checkpoint)
    reading.reportUnstarted()
    if (served !== null && reading.isStarted)
      counts = await compareServed(source, { served, expected, reading, report })
  } catch (error) {
    if (!(error instanceof BrokenTileError)) throw error
    report({ leaf: null, text: `${error.message}: the log is broken there, and nothing after that was verified` })
  }
  const { appendedMoves } = reading.replay
  return {
    ...{ checkpoint: reading.checkpoint, cosignatures, violations, violationCount, appendedMoves, served: counts },
    ...reading.replay.count(),
  }
}

interface Comparing {
  readonly served: ServedSource
  readonly expected: Expectations
  readonly reading: LogReading
  readonly report: (violation: Violation) => void
}

async function compareServed(
  source: LogSource,
  { served, expected, reading, report }: Comparing,
): Promise<ServedCounts> {
  const comparison = new ServedComparison(reading.replay, reading.entries, report)
  const counts = await comparison.read(served)
  const stalled = await served.settle(comparison.isOpen)
  if (stalled !== null) {
    report({ leaf: null, text: `the log stands still, and does not have what happened since then: ${stalled}` })
  }
  if (comparison.isOpen) {
    const covering = await readCheckpoint(source)
    // Witnesses may not have seen it yet: it continues one that was checked.
    checkSignatures(covering, { keys: expected.keys, witnesses: [] }, report)
    await reading.readTo(covering, (index, leaf) => comparison.take(index, leaf))
  }
  await comparison.end((leaf) => readLine(source, reading.checkpoint.size, leaf))
  return counts
}

/** Reads a log from its beginning on, as far as checkpoints say. */
class LogReading {
  readonly replay: Replay
  /** Empty unless they are kept. */
  readonly entries = new LedgerEntries()
  readonly #source: LogSource
  readonly #report: (violation: Violation) => void
  readonly #edge = RightEdge.empty()
  readonly #formerly: OlderCheckpoints
  readonly #keepsEntries: boolean
  #checkpoint: SignedCheckpoint

  constructor(
    source: LogSource,
    options: {
      readonly expected: Pick<Expectations, 'older'>
      readonly checkpoint: SignedCheckpoint
      readonly report: (violation: Violation) => void
      readonly keepsEntries: boolean
    },
  ) {
    this.#source = source
    this.#report = options.report
    this.#checkpoint = options.checkpoint
    this.#keepsEntries = options.keepsEntries
    this.replay = new Replay(options.report)
    this.#formerly = new OlderCheckpoints(options.expected.older, options.checkpoint, options.report)
    this.#formerly.compareAt(this.#edge)
  }

  /** How far it was read. */
  get checkpoint(): SignedCheckpoint {
    return this.#checkpoint
  }

  get isStarted(): boolean {
    return this.replay.startedAt !== null
  }

  reportUnstarted(): void {
    if (this.#checkpoint.size === 0 || this.isStarted) return
    this.#report({ leaf: null, text: 'the first batch of the log has not ended: nothing of it can be judged yet' })
  }

  /** Reads the leaves that a checkpoint has and were not read; `also` gets each after it was replayed. */
  async readTo(checkpoint: SignedCheckpoint, also?: (index: number, leaf: Leaf) => void): Promise<void> {
    const { origin, size, root } = checkpoint
    const edge = this.#edge
    const before = edge.size
    if (origin !== this.#checkpoint.origin || size < before) {
      const text = `the log changed while it was read: it was ${this.#checkpoint.origin} with ${before} leaves, and is ${origin} with ${size}`
      this.#report({ leaf: null, text })
      return
    }
    this.#checkpoint = checkpoint
    const filled: { readonly tile: Tile; readonly hashes: readonly Uint8Array[] }[] = []
    for await (const { leaves, first, tile, stored } of readBundles(this.#source, size, before)) {
      leaves.forEach((bytes, at) => {
        const index = first + at
        // Of a bundle that was partial then: the root shows whether they changed.
        if (index < before) return
        const leafHash = hashLeaf(bytes)
        const inTile = stored.subarray(at * hashBytes, (at + 1) * hashBytes)
        if (!isSameHash(leafHash, inTile)) {
          const text = `its hash is not the one in ${tilePath(tile)}: the leaf or the tile was changed`
          this.#report({ leaf: index, text })
        }
        const leaf = parseLeaf(index, bytes, this.#report)
        if (leaf !== null) this.#take(index, leaf, also)
        edge.add(leafHash, (of, hashes) => of.level > 0 && filled.push({ tile: of, hashes }))
        this.#formerly.compareAt(edge)
      })
      for (const { tile: of, hashes } of filled.splice(0)) await compareTile(this.#source, of, hashes, this.#report)
    }
    for (const { tile, hashes } of edge.partialTiles()) {
      if (tile.level > 0) await compareTile(this.#source, tile, hashes, this.#report)
    }
    if (!isSameHash(edge.root(), root)) {
      const text = 'the leaves do not have the root of the checkpoint: one was changed, moved or removed'
      this.#report({ leaf: null, text })
    }
  }

  #take(index: number, leaf: Leaf, also?: (index: number, leaf: Leaf) => void): void {
    this.replay.take(index, leaf)
    if (this.#keepsEntries) this.entries.add(index, leaf)
    also?.(index, leaf)
  }
}

async function readCheckpoint(source: LogSource, path = 'checkpoint'): Promise<SignedCheckpoint> {
  const bytes = await source.read(path)
  try {
    return parseCheckpoint(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
  } catch (error) {
    if (error instanceof NoteError) throw new LogReadError(`${path}: ${error.message}`)
    throw error
  }
}

/** Checks the log's signature and those of witnesses; returns the cosignatures that are valid. */
export function checkSignatures(
  { origin, note }: SignedCheckpoint,
  { keys, witnesses }: Pick<Expectations, 'keys' | 'witnesses'>,
  report: (violation: Violation) => void,
): Cosignature[] {
  const violation = (text: string) => report({ leaf: null, text })
  const own = keys.filter(({ name }) => name === origin)
  const isSigned = own.map((key) => isSignedBy(note, key))
  if (keys.length > 0 && own.length === 0) {
    violation(`the checkpoint is of ${origin}, and the key is of ${keys.map(({ name }) => name).join(', ')}`)
  } else if (isSigned.includes(false)) violation('the signature of the checkpoint is not valid: it was changed')
  else if (keys.length > 0 && !isSigned.includes(true)) violation('the checkpoint is not signed with the key')
  return witnesses.flatMap((witness) => {
    const found = cosignaturesOf(note, [witness])
    if (found.length === 0) violation(`the checkpoint has no cosignature of the witness ${witness.name}`)
    if (found.includes(false)) violation(`the cosignature of the witness ${witness.name} is not valid`)
    return found.filter((one) => one !== false)
  })
}

/** Compares a log with older checkpoints of it as it is read. */
class OlderCheckpoints {
  readonly #bySize: Map<number, NamedCheckpoint[]>
  readonly #report: (violation: Violation) => void

  constructor(older: readonly NamedCheckpoint[], { size }: SignedCheckpoint, report: (violation: Violation) => void) {
    this.#bySize = new Map()
    this.#report = report
    for (const checkpoint of older) {
      if (checkpoint.size > size) {
        const text = `the log went back: it has ${size} leaves, and had ${checkpoint.size} at the checkpoint ${checkpoint.name}`
        report({ leaf: null, text })
      } else {
        this.#bySize.set(checkpoint.size, [...(this.#bySize.get(checkpoint.size) ?? []), checkpoint])
      }
    }
  }

  /** To be called at every size, from 0 on. */
  compareAt(edge: RightEdge): void {
    for (const { name, size, root } of this.#bySize.get(edge.size) ?? []) {
      if (isSameHash(edge.root(), root)) continue
      this.#report({
        leaf: null,
        text: `fork: the first ${size} leaves are not those of the checkpoint ${name}: the log has told two stories`,
      })
    }
  }
}

interface Bundle {
  readonly leaves: readonly Uint8Array[]
  /** The index of the first of them. */
  readonly first: number
  /** The tile of level 0 that has the hashes of the leaves. */
  readonly tile: Tile
  readonly stored: Uint8Array
}

/** The leaves of a log with their tiles of level 0, in order, from the bundle of a leaf on; a few are read ahead. */
async function* readBundles(source: LogSource, size: number, from: number): AsyncGenerator<Bundle> {
  if (from >= size) return
  const count = Math.ceil(size / tileWidth)
  const ahead: Promise<Bundle>[] = []
  for (let index = Math.floor(from / tileWidth); index < count || ahead.length > 0;) {
    while (index < count && ahead.length < readAhead) {
      const bundle = readBundle(source, size, index)
      // It is awaited later: until then a failure is not one that nobody handles.
      bundle.catch(() => undefined)
      ahead.push(bundle)
      index += 1
    }
    yield await (ahead.shift() as Promise<Bundle>)
  }
}

async function readBundle(source: LogSource, size: number, index: number): Promise<Bundle> {
  const tile = tileOf(size, 0, index) as Tile
  const path = tilePath(bundleOf(size, index) ?? tile)
  const [entries, stored] = await Promise.all([source.read(path), readStored(source, tile)])
  const leaves = readEntries(entries)
  if (leaves?.length !== tile.width) throw new BrokenTileError(`${path} does not have ${tile.width} leaves`)
  return { leaves, first: index * tileWidth, tile, stored }
}

/** The line of a leaf of a log that was read before. */
async function readLine(source: LogSource, size: number, index: number): Promise<string> {
  const { leaves, first } = await readBundle(source, size, Math.floor(index / tileWidth))
  return new TextDecoder().decode(leaves[index - first])
}

async function readStored(source: LogSource, tile: Tile): Promise<Uint8Array> {
  const bytes = await source.read(tilePath(tile))
  if (bytes.length === tile.width * hashBytes) return bytes
  throw new BrokenTileError(`${tilePath(tile)} has ${bytes.length} bytes instead of ${tile.width * hashBytes}`)
}

async function compareTile(
  source: LogSource,
  tile: Tile,
  hashes: readonly Uint8Array[],
  report: (violation: Violation) => void,
): Promise<void> {
  if (isSameHash(await readStored(source, tile), writeTile(hashes))) return
  report({ leaf: null, text: `${tilePath(tile)} does not have the hashes of the tiles below it` })
}

function parseLeaf(index: number, bytes: Uint8Array, report: (violation: Violation) => void): Leaf | null {
  try {
    return readLeaf(decoder.decode(bytes))
  } catch (error) {
    const why = error instanceof LeafError ? error.message : 'it is not text'
    report({ leaf: index, text: `it is not a leaf of this format: ${why}` })
    return null
  }
}

// With the mark of byte order kept: it is no part of a leaf.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

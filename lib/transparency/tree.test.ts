import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Tile, edgeTiles, hashesOfLevel, tileWidth } from '@/lib/domain/transparency/tiles'
import { hashLeaf } from './hashes'
import { proveConsistency, proveInclusion, proveInclusions, verifyConsistency, verifyInclusion } from './proofs'
import { type TileReader, TileError, append, rootOf } from './tree'

/** RFC 6962, section 2.1, word for word. */
function naiveRoot(leaves: readonly Buffer[]): Buffer {
  const sha = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
  if (leaves.length === 0) return sha()
  if (leaves.length === 1) return sha(Buffer.of(0), leaves[0] as Buffer)
  const k = naiveSplit(leaves.length)
  return sha(Buffer.of(1), naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)))
}

function naivePath(m: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return []
  const k = naiveSplit(leaves.length)
  return m < k
    ? [...naivePath(m, leaves.slice(0, k)), naiveRoot(leaves.slice(k))]
    : [...naivePath(m - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))]
}

function naiveProof(m: number, leaves: readonly Buffer[], isWhole = true): Buffer[] {
  if (m === leaves.length) return isWhole ? [] : [naiveRoot(leaves)]
  const k = naiveSplit(leaves.length)
  return m <= k
    ? [...naiveProof(m, leaves.slice(0, k), isWhole), naiveRoot(leaves.slice(k))]
    : [...naiveProof(m - k, leaves.slice(k), false), naiveRoot(leaves.slice(0, k))]
}

function naiveSplit(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

function leavesOf(count: number): Buffer[] {
  return Array.from({ length: count }, (_, n) => Buffer.from(`leaf ${n}`))
}

/** Tiles in memory, by level and index: the widest that was stored. */
class Tiles implements TileReader {
  readonly stored = new Map<string, Uint8Array>()
  reads = 0

  read(tiles: readonly Tile[]): Promise<Uint8Array[]> {
    this.reads += tiles.length
    return Promise.resolve(
      tiles.map(({ level, index, width }) => {
        const bytes = this.stored.get(`${level}/${index}`)
        if (bytes === undefined || bytes.length < width * 32) throw new Error(`no tile ${level}/${index}`)
        return bytes.subarray(0, width * 32)
      }),
    )
  }

  async append(size: number, leaves: readonly Buffer[]) {
    const appended = await append(size, leaves.map(hashLeaf), this)
    for (const { tile, bytes } of appended.tiles) this.stored.set(`${tile.level}/${tile.index}`, bytes)
    return appended
  }
}

const boundaries = [1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 1000]

test('roots after appends of any size are those of the RFC', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 6 }), async (batches) => {
      const tiles = new Tiles()
      const all: Buffer[] = []
      for (const batch of batches) {
        const leaves = leavesOf(all.length + batch).slice(all.length)
        const { size, root } = await tiles.append(all.length, leaves)
        all.push(...leaves)
        expect(size).toBe(all.length)
        expect(Buffer.from(root)).toEqual(naiveRoot(all))
      }
      expect(Buffer.from(await rootOf(all.length, tiles))).toEqual(naiveRoot(all))
    }),
    { numRuns: 60 },
  )
})

test.each(boundaries)('a log of %i leaves has the tiles of the specification', async (size) => {
  const tiles = new Tiles()
  const leaves = leavesOf(size)
  await tiles.append(0, leaves)
  const expected = new Map<string, Buffer>()
  for (let level = 0; hashesOfLevel(size, level) > 0; level++) {
    const unit = tileWidth ** level
    for (let n = 0; n < hashesOfLevel(size, level); n++) {
      const key = `${level}/${Math.floor(n / tileWidth)}`
      const hash = naiveRoot(leaves.slice(n * unit, (n + 1) * unit))
      expected.set(key, Buffer.concat([expected.get(key) ?? Buffer.of(), hash]))
    }
  }
  const stored = [...tiles.stored].map(([key, bytes]) => [key, Buffer.from(bytes)] as const)
  expect(new Map(stored)).toEqual(expected)
})

test('an append writes only the tiles that are new', async () => {
  const tiles = new Tiles()
  await tiles.append(0, leavesOf(300))
  const { tiles: written } = await tiles.append(300, leavesOf(310).slice(300))
  // The partial tile of level 1 has no new hash.
  expect(written.map(({ tile }) => tile)).toEqual([{ level: 0, index: 1, width: 54 }])
  const { tiles: more } = await tiles.append(310, leavesOf(512).slice(310))
  expect(more.map(({ tile }) => tile)).toEqual([
    { level: 0, index: 1, width: 256 },
    { level: 1, index: 0, width: 2 },
  ])
})

test('1,000 leaves more read one tile a level, however large the log is', async () => {
  const size = 256 ** 4 + 3 * 256 ** 2 + 77
  const tiles = new Tiles()
  for (const { level, index, width } of edgeTiles(size)) {
    const bytes = Buffer.concat(Array.from({ length: width }, (_, n) => hashLeaf(Buffer.from(`${level} ${n}`))))
    tiles.stored.set(`${level}/${index}`, bytes)
  }
  const appended = await tiles.append(size, leavesOf(1000))
  expect(tiles.reads).toBe(3)
  expect(appended.size).toBe(size + 1000)
  expect(appended.tiles.map(({ tile: { level, width } }) => `${level}:${width}`)).toEqual([
    ...['0:256', '0:256', '0:256', '0:256', '0:53', '1:4'],
  ])
})

test('a tile that has not its bytes is refused', async () => {
  const tiles = new Tiles()
  await tiles.append(0, leavesOf(10))
  const short = { read: async (wanted: readonly Tile[]) => (await tiles.read(wanted)).map((one) => one.subarray(1)) }
  await expect(append(10, [hashLeaf(Buffer.of())], short)).rejects.toThrow(TileError)
})

describe('proofs', () => {
  const sizes = fc.integer({ min: 1, max: 700 })

  test('of inclusion are those of the RFC, and nothing else verifies', async () => {
    const tiles = new Tiles()
    const all = leavesOf(700)
    await tiles.append(0, all)
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, at, flip) => {
        const index = at % size
        // The log has grown since: the proof is of the smaller tree all the same.
        const proof = await proveInclusion(tiles, index, size)
        const leaves = all.slice(0, size)
        expect(proof.map((one) => Buffer.from(one))).toEqual(naivePath(index, leaves))
        const claim = { index, size, leafHash: hashLeaf(all[index] as Buffer), root: naiveRoot(leaves) }
        expect(verifyInclusion(proof, claim)).toBe(true)
        for (const other of [index + 1, index - 1, size]) {
          expect(verifyInclusion(proof, { ...claim, index: other })).toBe(false)
        }
        expect(verifyInclusion([...proof, claim.root], claim)).toBe(false)
        expect(verifyInclusion(proof, { ...claim, leafHash: hashLeaf(Buffer.from('another')) })).toBe(false)
        if (proof.length === 0) return
        expect(verifyInclusion(proof.slice(1), claim)).toBe(false)
        const changed = proof.map((one, n) => (n === flip % proof.length ? flipped(one, flip) : one))
        expect(verifyInclusion(changed, claim)).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  test('of consistency are those of the RFC, and nothing else verifies', async () => {
    const tiles = new Tiles()
    const all = leavesOf(700)
    await tiles.append(0, all)
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (to, at, flip) => {
        const from = 1 + (at % to)
        const proof = await proveConsistency(tiles, from, to)
        expect(proof.map((one) => Buffer.from(one))).toEqual(naiveProof(from, all.slice(0, to)))
        const older = { size: from, root: naiveRoot(all.slice(0, from)) }
        const newer = { size: to, root: naiveRoot(all.slice(0, to)) }
        expect(verifyConsistency(proof, older, newer)).toBe(true)
        const fork = { size: from, root: naiveRoot([...all.slice(0, from - 1), Buffer.from('other')]) }
        expect(verifyConsistency(proof, fork, newer)).toBe(false)
        expect(verifyConsistency(proof, older, { ...newer, root: flipped(newer.root, flip) })).toBe(false)
        expect(verifyConsistency([...proof, older.root], older, newer)).toBe(false)
        if (from < to) expect(verifyConsistency(proof, newer, older)).toBe(false)
        if (proof.length === 0) return
        expect(verifyConsistency(proof.slice(1), older, newer)).toBe(false)
        const changed = proof.map((one, n) => (n === flip % proof.length ? flipped(one, flip) : one))
        expect(verifyConsistency(changed, older, newer)).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  test('every tree is consistent with the empty one', async () => {
    const tiles = new Tiles()
    const { root } = await tiles.append(0, leavesOf(9))
    expect(await proveConsistency(tiles, 0, 9)).toEqual([])
    const empty = { size: 0, root: naiveRoot([]) }
    expect(verifyConsistency([], empty, { size: 9, root })).toBe(true)
    expect(verifyConsistency([root], empty, { size: 9, root })).toBe(false)
  })

  test('of many leaves read each tile once', async () => {
    const tiles = new Tiles()
    await tiles.append(0, leavesOf(700))
    tiles.reads = 0
    await proveInclusions(
      tiles,
      Array.from({ length: 256 }, (_, n) => n),
      700,
    )
    expect(tiles.reads).toBe(3)
  })

  test('of leaves that are not there are not made', async () => {
    const tiles = new Tiles()
    await tiles.append(0, leavesOf(9))
    await expect(proveInclusion(tiles, 9, 9)).rejects.toThrow(RangeError)
    await expect(proveConsistency(tiles, 10, 9)).rejects.toThrow(RangeError)
  })
})

function flipped(hash: Uint8Array, seed: number): Buffer {
  const copy = Buffer.from(hash)
  const bit = seed % 256
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7))
  return copy
}

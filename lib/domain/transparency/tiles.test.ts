import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bundleOf, edgeTiles, parseTilePath, readEntries, tileOf, tilePath, writeEntries } from './tiles'

describe('paths', () => {
  test.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    // The example of the specification.
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 1, index: 999, width: 17 }, 'tile/1/999.p/17'],
    [{ level: 2, index: 1000, width: 1 }, 'tile/2/x001/000.p/1'],
    [{ level: 'entries', index: 1000, width: 255 }, 'tile/entries/x001/000.p/255'],
  ] as const)('%j is %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path)
    expect(parseTilePath(path)).toEqual(tile)
  })

  test('are read as they are written', () => {
    const levels = fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const))
    fc.assert(
      fc.property(levels, fc.nat({ max: 2 ** 31 }), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
        const tile = { level, index, width } as Parameters<typeof tilePath>[0]
        expect(parseTilePath(tilePath(tile))).toEqual(tile)
      }),
    )
  })

  test.each([
    ...['tile/0/0', 'tile/0/00', 'tile/00/000', 'tile/64/000', 'tile/-1/000', 'tile/0/x000/000', 'tile/0/001/000'],
    ...['tile/0/000.p/256', 'tile/0/000.p/0', 'tile/0/000.p/01', 'tile/0/000.p', 'tile/0/x001', 'tile/entries/1'],
    ...['tile/0/000/', '/tile/0/000', 'tile/0/000.p/1.p/1', 'tile/8/0/000', 'tile/0/x999/x999/x999/x999/x999/999', ''],
  ])('%j names nothing', (path) => {
    expect(parseTilePath(path)).toBeNull()
  })
})

test('a log of 70,000 leaves has the tiles that the specification counts', () => {
  expect(edgeTiles(70_000)).toEqual([
    { level: 0, index: 273, width: 112 },
    { level: 1, index: 1, width: 17 },
    { level: 2, index: 0, width: 1 },
  ])
  expect(edgeTiles(256)).toEqual([{ level: 1, index: 0, width: 1 }])
  expect(edgeTiles(0)).toEqual([])
  expect(tileOf(70_000, 0, 272)).toEqual({ level: 0, index: 272, width: 256 })
  expect(tileOf(70_000, 0, 274)).toBeNull()
  expect(bundleOf(70_000, 273)).toEqual({ level: 'entries', index: 273, width: 112 })
  expect(bundleOf(0, 0)).toBeNull()
})

describe('entry bundles', () => {
  test('have each leaf after its length, big-endian', () => {
    const bytes = writeEntries([Buffer.from('a'), Buffer.alloc(258, 'b'), Buffer.of()])
    expect(Buffer.from(bytes)).toEqual(Buffer.from(`\x00\x01a\x01\x02${'b'.repeat(258)}\x00\x00`, 'latin1'))
  })

  test('are read as they are written, and no other bytes are', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), fc.nat(), (leaves, cut) => {
        const bytes = writeEntries(leaves)
        expect(readEntries(bytes)?.map((leaf) => Buffer.from(leaf))).toEqual(leaves.map((leaf) => Buffer.from(leaf)))
        const shorter = bytes.subarray(0, cut % Math.max(1, bytes.length))
        const read = readEntries(shorter)
        if (read !== null) expect(Buffer.from(writeEntries(read))).toEqual(Buffer.from(shorter))
      }),
    )
  })

  test('do not take a leaf that is too long', () => {
    expect(() => writeEntries([new Uint8Array(65_536)])).toThrow(RangeError)
    expect(readEntries(writeEntries([new Uint8Array(65_535)]))?.[0]).toHaveLength(65_535)
  })
})

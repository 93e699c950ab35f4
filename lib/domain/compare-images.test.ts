import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ComparedImage, type PlatformImage, compareImages } from './compare-images'

type Side = Parameters<typeof compareImages>[0]

const compare = (before: Side, after: Side) => compareImages(before, after, () => Promise.resolve())

const texts = fc.uniqueArray(
  fc.tuple(fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G'), fc.constantFrom('1', '2', '3')),
  {
    selector: ([name]) => name,
  },
)
const textMap = texts.map((entries) => new Map(entries))
const layers = fc
  .array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { maxLength: 12 })
  .map((letters) => letters.map((digest) => ({ digest, sizeBytes: digest.charCodeAt(0), createdBy: `RUN ${digest}` })))
const image: fc.Arbitrary<ComparedImage> = fc.record({
  layers,
  config: fc.constantFrom(null, { digest: 'config 1', sizeBytes: 10 }, { digest: 'config 2', sizeBytes: 20 }),
  settings: textMap,
  environment: textMap,
  labels: textMap,
})
const platforms: fc.Arbitrary<PlatformImage[]> = fc.uniqueArray(
  fc.record({
    platform: fc.constantFrom('linux/amd64', 'linux/arm64', 'linux/s390x'),
    digest: fc.constantFrom('x', 'y'),
    sizeBytes: fc.constantFrom(null, 7),
  }),
  { selector: ({ platform }) => platform },
)
const side = fc.record({ platforms, image: fc.option(image) })

const swapped = { same: 'same', changed: 'changed', added: 'removed', removed: 'added' } as const
const lists = ['platforms', 'layers', 'config', 'environment', 'labels'] as const

function countsOf(items: readonly { readonly difference: keyof typeof swapped }[]) {
  const counts = { same: 0, changed: 0, added: 0, removed: 0 }
  for (const { difference } of items) counts[difference]++
  return counts
}

describe('of any two images', () => {
  test('one is the same as itself', async () => {
    await fc.assert(
      fc.asyncProperty(side, async (one) => {
        expect(await compare(one, one)).toMatchObject({ differenceCount: 0, pulledBytes: 0, isTruncated: false })
      }),
    )
  })

  test('the other way round, what was added is removed', async () => {
    await fc.assert(
      fc.asyncProperty(side, side, async (one, other) => {
        const there = await compare(one, other)
        const back = await compare(other, one)
        for (const list of lists) {
          const { same, changed, added, removed } = countsOf(there[list])
          expect(countsOf(back[list])).toEqual({ same, changed, added: removed, removed: added })
        }
        for (const list of ['config', 'environment', 'labels'] as const) {
          expect(back[list]).toEqual(
            there[list].map(({ name, difference, before, after }) => ({
              ...{ name, difference: swapped[difference], before: after, after: before },
            })),
          )
        }
      }),
    )
  })

  test('both are in what is listed, in order, and the counts add up', async () => {
    await fc.assert(
      fc.asyncProperty(side, side, async (one, other) => {
        const found = await compare(one, other)
        const digests = (of: 'before' | 'after') => found.layers.flatMap((layer) => layer[of]?.digest ?? [])
        expect(digests('before')).toEqual((one.image?.layers ?? []).map(({ digest }) => digest))
        expect(digests('after')).toEqual((other.image?.layers ?? []).map(({ digest }) => digest))
        for (const { before, after, difference } of found.layers) {
          expect(difference).toBe(before === null ? 'added' : after === null ? 'removed' : 'same')
        }
        const all = lists.flatMap((list) => found[list] as readonly { readonly difference: keyof typeof swapped }[])
        expect(found.differenceCount + found.sameCount).toBe(all.length)
        expect(found.sameCount).toBe(countsOf(all).same)
      }),
    )
  })

  test('a client pulls each layer once, and none that it has', async () => {
    await fc.assert(
      fc.asyncProperty(image, image, async (before, after) => {
        const ofAfter = new Map(
          [...after.layers, ...(after.config === null ? [] : [after.config])].map((part) => [
            part.digest,
            part.sizeBytes,
          ]),
        )
        for (const { digest } of [...before.layers, ...(before.config === null ? [] : [before.config])])
          ofAfter.delete(digest)
        const expected = [...ofAfter.values()].reduce((sum, size) => sum + size, 0)
        expect((await compareOf(before, after)).pulledBytes).toBe(expected)
      }),
    )
  })
})

const withLayers = (digests: readonly string[]): ComparedImage => ({
  layers: digests.map((digest) => ({ digest, sizeBytes: 1, createdBy: null })),
  config: null,
  settings: new Map(),
  environment: new Map(),
  labels: new Map(),
})
const compareOf = (before: ComparedImage, after: ComparedImage) =>
  compare({ platforms: [], image: before }, { platforms: [], image: after })

test('a layer that was inserted is the only one added', async () => {
  const { layers } = await compareOf(withLayers(['base', 'app']), withLayers(['base', 'packages', 'app']))
  expect(layers.map(({ difference }) => difference)).toEqual(['same', 'added', 'same'])
})

describe('within bounds', () => {
  test('of thousands of layers, the first are compared', async () => {
    const some = Array.from({ length: 2500 }, (_, at) => `a${at}`)
    const others = some.map((_, at) => `b${at}`)
    const { isTruncated, layers } = await compareOf(withLayers(some), withLayers(others))
    expect(isTruncated).toBe(true)
    expect(JSON.stringify(layers).length).toBeLessThan(200_000)
  })

  test('of more values than anybody has, the first are compared', async () => {
    const labels = new Map(Array.from({ length: 100_000 }, (_, at): [string, string] => [`label ${at}`, '']))
    const { isTruncated, sameCount, differenceCount } = await compareOf(withLayers([]), { ...withLayers([]), labels })
    expect([isTruncated, sameCount, differenceCount]).toEqual([true, 0, 2000])
  })

  test('where there are too many values, the differences are listed', async () => {
    const values = Array.from({ length: 1900 }, (_, at): [string, string] => [`NAME_${at}`, 'x'.repeat(100)])
    const before = { ...withLayers([]), environment: new Map(values) }
    const after = { ...before, environment: new Map([...values, ['NEW', 'one'], ['LONG', 'y'.repeat(10_000)]]) }
    const { environment, isTruncated, sameCount, differenceCount } = await compareOf(before, after)
    expect(environment.map(({ name, difference, after: value }) => [name, difference, value?.length])).toEqual([
      ['LONG', 'added', 4097],
      ['NEW', 'added', 3],
    ])
    expect([isTruncated, sameCount, differenceCount]).toEqual([true, 1900, 2])
  })
})

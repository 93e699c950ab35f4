import { firstItems, shortened } from './content/bounded-list'

/** How a thing of two images differs. */
export type Difference = 'same' | 'changed' | 'added' | 'removed'

/** A layer, as it is compared. */
export interface ComparedLayer {
  readonly digest: string
  readonly sizeBytes: number
  readonly createdBy: string | null
}

/** What of an image is compared. */
export interface ComparedImage {
  /** In order, the base first. */
  readonly layers: readonly ComparedLayer[]
  readonly config: { readonly digest: string; readonly sizeBytes: number } | null
  /** What the config says, by name; what it does not say is left out. */
  readonly settings: ReadonlyMap<string, string>
  readonly environment: ReadonlyMap<string, string>
  readonly labels: ReadonlyMap<string, string>
}

/** An image of one platform. `sizeBytes` is null where it is not known. */
export interface PlatformImage {
  readonly platform: string
  readonly digest: string
  readonly sizeBytes: number | null
}

/** A value on both sides; null where it is not there. */
export interface ChangedText {
  readonly name: string
  readonly difference: Difference
  readonly before: string | null
  readonly after: string | null
}

/** A layer of one side or of both. */
export interface ChangedLayer {
  readonly difference: Difference
  readonly createdBy: string | null
  readonly before: Pick<ComparedLayer, 'digest' | 'sizeBytes'> | null
  readonly after: Pick<ComparedLayer, 'digest' | 'sizeBytes'> | null
}

/** A platform of one side or of both. */
export interface ChangedPlatform {
  readonly platform: string
  readonly difference: Difference
  readonly before: Omit<PlatformImage, 'platform'> | null
  readonly after: Omit<PlatformImage, 'platform'> | null
}

/** How two images differ, within bounds. */
export interface ImageComparison {
  readonly platforms: ChangedPlatform[]
  /** In order; a layer of both is `same`. */
  readonly layers: ChangedLayer[]
  /** What a client that has the one before pulls of the one after: layers and config. */
  readonly pulledBytes: number
  readonly config: ChangedText[]
  readonly environment: ChangedText[]
  readonly labels: ChangedText[]
  /** Of everything that was compared, whether it is listed or not. */
  readonly differenceCount: number
  readonly sameCount: number
  /** Whether there was more than is compared or listed. */
  readonly isTruncated: boolean
}

/** How many layers of a side are compared one by one, after those that both begin and end with. */
const layersMax = 500

/** How many settings, variables or labels of a side are compared: those of real images are far fewer. */
const textsMax = 2000

/** Longest text that is shown, in UTF-16 units. */
const textMax = 4096

/** What each list of an answer may take, in bytes. */
const listMaxBytes = 160 * 1024

const nothing: ComparedImage = {
  layers: [],
  config: null,
  settings: new Map(),
  environment: new Map(),
  labels: new Map(),
}

/**
 * Compares two images, and the platforms of what they are of. Null: not there, or not readable. The largest take tens of
 * milliseconds: `giveTurn` is awaited between the parts.
 */
export async function compareImages(
  before: { readonly platforms: readonly PlatformImage[]; readonly image: ComparedImage | null },
  after: { readonly platforms: readonly PlatformImage[]; readonly image: ComparedImage | null },
  giveTurn: () => Promise<void>,
): Promise<ImageComparison> {
  const [old, now] = [before.image ?? nothing, after.image ?? nothing]
  const maps = [old, now].flatMap(({ settings, environment, labels }) => [settings, environment, labels])
  const platforms = comparePlatforms(before.platforms, after.platforms)
  const { layers, isCut } = compareLayers(old.layers, now.layers)
  await giveTurn()
  const config = compareTexts(old.settings, now.settings)
  const environment = compareTexts(old.environment, now.environment)
  await giveTurn()
  const labels = compareTexts(old.labels, now.labels)
  await giveTurn()
  const all = [platforms, layers, config, environment, labels].flat()
  const sameCount = all.filter(({ difference }) => difference === 'same').length
  const listed = {
    platforms: listedOf(platforms),
    layers: firstItems(layers, shortLayer, listMaxBytes).items,
    config: listedOf(config.map(shortText)),
    environment: listedOf(environment.map(shortText)),
    labels: listedOf(labels.map(shortText)),
  }
  const listedCount = Object.values(listed).reduce((sum, { length }) => sum + length, 0)
  return {
    ...listed,
    pulledBytes: pulledBytes(old, now),
    differenceCount: all.length - sameCount,
    sameCount,
    isTruncated: isCut || maps.some(({ size }) => size > textsMax) || listedCount < all.length,
  }
}

function comparePlatforms(before: readonly PlatformImage[], after: readonly PlatformImage[]): ChangedPlatform[] {
  const [old, now] = [before, after].map(
    (images) => new Map([...images].reverse().map((image) => [image.platform, image])),
  )
  const names = new Set([...before, ...after].map(({ platform }) => platform))
  return [...names].map((platform) => {
    const [one, other] = [old?.get(platform), now?.get(platform)]
    return {
      platform,
      difference: differenceOf(one?.digest, other?.digest),
      before: one === undefined ? null : { digest: one.digest, sizeBytes: one.sizeBytes },
      after: other === undefined ? null : { digest: other.digest, sizeBytes: other.sizeBytes },
    }
  })
}

/** By name; those of equal names are compared by their value. */
function compareTexts(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): ChangedText[] {
  const [old, now] = [firstOf(before), firstOf(after)]
  const names = [...new Set([...old.keys(), ...now.keys()])].sort()
  return names.map((name) => {
    const [one, other] = [old.get(name), now.get(name)]
    return { name, difference: differenceOf(one, other), before: one ?? null, after: other ?? null }
  })
}

function firstOf(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  if (texts.size <= textsMax) return texts
  const first = new Map<string, string>()
  for (const [name, text] of texts) {
    if (first.size === textsMax) break
    first.set(name, text)
  }
  return first
}

function differenceOf(before: string | undefined, after: string | undefined): Difference {
  if (before === undefined) return 'added'
  if (after === undefined) return 'removed'
  return before === after ? 'same' : 'changed'
}

/** By digest, in order: as many layers as possible are the same. */
function compareLayers(
  before: readonly ComparedLayer[],
  after: readonly ComparedLayer[],
): { readonly layers: ChangedLayer[]; readonly isCut: boolean } {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start]?.digest === after[start]?.digest) start++
  let end = 0
  while (end < shorter - start && before.at(-1 - end)?.digest === after.at(-1 - end)?.digest) end++
  const [old, now] = [before, after].map((layers) => layers.slice(start, layers.length - end)) as [
    ComparedLayer[],
    ComparedLayer[],
  ]
  const isCut = old.length > layersMax || now.length > layersMax
  const pairs = [
    ...zip(before.slice(0, start), after.slice(0, start)),
    ...align(old.slice(0, layersMax), now.slice(0, layersMax)),
    ...zip(before.slice(before.length - end), after.slice(after.length - end)),
  ]
  return { layers: pairs.map(toChangedLayer), isCut }
}

type Pair = readonly [before: ComparedLayer | undefined, after: ComparedLayer | undefined]

function zip(before: readonly ComparedLayer[], after: readonly ComparedLayer[]): Pair[] {
  return before.map((layer, at) => [layer, after[at]])
}

/** Pairs the layers of a longest common subsequence; the others stand alone, removed ones first. */
function align(before: readonly ComparedLayer[], after: readonly ComparedLayer[]): Pair[] {
  // Numbers are compared many times faster than digests.
  const numbers = new Map<string, number>()
  const numberOf = ({ digest }: ComparedLayer) => numbers.get(digest) ?? numbers.set(digest, numbers.size).size - 1
  const [old, now] = [before.map(numberOf), after.map(numberOf)]
  const width = after.length + 1
  // The length of a longest common subsequence of the layers from (i, j) on.
  const lengths = new Uint16Array((before.length + 1) * width)
  const lengthAt = (i: number, j: number) => lengths[i * width + j] ?? 0
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        old[i] === now[j] ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1))
    }
  }
  const pairs: Pair[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && old[i] === now[j]) pairs.push([before[i++], after[j++]])
    else if (j === after.length || (i < before.length && lengthAt(i + 1, j) >= lengthAt(i, j + 1))) {
      pairs.push([before[i++], undefined])
    } else pairs.push([undefined, after[j++]])
  }
  return pairs
}

function toChangedLayer([before, after]: Pair): ChangedLayer {
  const sideOf = (layer: ComparedLayer | undefined) =>
    layer === undefined ? null : { digest: layer.digest, sizeBytes: layer.sizeBytes }
  return {
    difference: differenceOf(before?.digest, after?.digest),
    createdBy: after?.createdBy ?? before?.createdBy ?? null,
    before: sideOf(before),
    after: sideOf(after),
  }
}

function pulledBytes(before: ComparedImage, after: ComparedImage): number {
  const parts = ({ layers, config }: ComparedImage) => [...layers, ...(config === null ? [] : [config])]
  const has = new Set(parts(before).map(({ digest }) => digest))
  let bytes = 0
  for (const { digest, sizeBytes } of parts(after)) {
    if (!has.has(digest)) bytes += sizeBytes
    has.add(digest)
  }
  return Math.min(bytes, Number.MAX_SAFE_INTEGER)
}

function shortLayer(layer: ChangedLayer): ChangedLayer {
  return { ...layer, createdBy: layer.createdBy === null ? null : shortened(layer.createdBy, textMax) }
}

function shortText({ name, difference, before, after }: ChangedText): ChangedText {
  const short = (text: string | null) => (text === null ? null : shortened(text, textMax))
  return { name: shortened(name, textMax), difference, before: short(before), after: short(after) }
}

/** All of a list; where that is too much, the first differences. */
function listedOf<T extends { readonly difference: Difference }>(all: readonly T[]): T[] {
  const whole = firstItems(all, (item) => item, listMaxBytes).items
  if (whole.length === all.length) return whole
  return firstItems(
    all.filter(({ difference }) => difference !== 'same'),
    (item) => item,
    listMaxBytes,
  ).items
}

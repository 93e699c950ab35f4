import { AppError } from './errors'

/**
 * The JSON of a manifest, read so that no client can read more from it than Stele does, and at a bounded cost.
 *
 * Go clients (docker, containerd, podman, crane, cosign) match keys without regard to case and take the last of
 * repeated keys. `JSON.parse` does neither, so a manifest could name layers that Stele never records. The fields that
 * name content must therefore have one reading (docs/decisions/0021-one-reading.md).
 */

/** Limits of a manifest. Real images stay far below; each has its own error. */
export const manifestLimits = {
  /** Layers of an image, or manifests of an index. */
  descriptors: 2500,
  /** Entries of one `annotations` object. */
  annotations: 1000,
  /** Objects and lists inside each other. */
  depth: 64,
  /** Strings, objects, lists and separators in total: what a parser must create. */
  values: 250_000,
} as const

/** What the keys of an object mean. */
interface Place {
  /** As an error names it. */
  readonly name: string
  /** The keys that clients act on. Empty for a map, whose keys have no meaning here. */
  readonly defined: ReadonlySet<string>
  /** The same by their folded spelling. */
  readonly folded: ReadonlyMap<string, string>
  /** What the value of a key is, if it is an object or a list with keys to check. */
  readonly inside: ReadonlyMap<string, Place>
  /** The most entries of a map; null for an object with defined keys. */
  readonly entriesMax: number | null
}

/** An object with defined keys. A list has the place of its items. */
function object(name: string, keys: string, inside: Readonly<Record<string, Place>>): Place {
  const defined = keys.split(' ')
  return {
    name,
    defined: new Set(defined),
    folded: new Map(defined.map((key) => [fold(key), key])),
    inside: new Map(Object.entries(inside)),
    entriesMax: null,
  }
}

const annotations: Place = {
  name: 'its annotations',
  defined: new Set(),
  folded: new Map(),
  inside: new Map(),
  entriesMax: manifestLimits.annotations,
}
const platform = object('a platform', 'architecture os os.version os.features variant features', {})
const descriptor = object('a descriptor', 'mediaType digest size urls annotations data artifactType platform', {
  annotations,
  platform,
})
const manifest = object(
  'the manifest',
  'schemaVersion mediaType artifactType config layers manifests subject annotations fsLayers history',
  { config: descriptor, layers: descriptor, manifests: descriptor, subject: descriptor, annotations },
)

/** Keys whose lists have at most `manifestLimits.descriptors` items. */
const countedLists: ReadonlySet<string> = new Set(['layers', 'manifests'])

/** Keys whose values Go reads as whole numbers: it does not read `1.0` or `1e2`. */
const wholeNumbers: ReadonlySet<string> = new Set(['schemaVersion', 'size'])

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses the bytes of a manifest. Throws MANIFEST_INVALID when they are not JSON in UTF-8 without a byte order mark,
 * exceed one of `manifestLimits`, or have a key that repeats another or differs from a defined one only in case, at any
 * level that names content.
 */
export function parseManifestJson(content: Uint8Array): unknown {
  try {
    const text = decoder.decode(content)
    // The limits first: a parser would create everything before it could be counted.
    scan(text)
    return JSON.parse(text)
  } catch (cause) {
    throw AppError.is(cause) ? cause : invalidManifest('it is not JSON', cause)
  }
}

/** The error for a manifest that is refused for what its bytes say. */
export function invalidManifest(reason: string, cause?: unknown): AppError {
  return new AppError('MANIFEST_INVALID', { message: `manifest invalid: ${reason}`, detail: { reason }, cause })
}

/** An object or list that is open while the text is scanned. */
interface Open {
  readonly isObject: boolean
  /** What its keys mean, or those of its items; null where nothing is checked. */
  readonly place: Place | null
  /** The keys so far, of an object with a place. */
  readonly keys: Set<string> | null
  /** The last key, of an object with a place. */
  key: string
  /** Whether a string would be a key. */
  awaitsKey: boolean
  /** Objects inside a list so far, if they are limited. */
  items: number | null
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]

/** Characters that no number contains, and that follow each value. */
const endOfNumber: ReadonlySet<number> = new Set([comma, quote, openBrace, closeBrace, openBracket, closeBracket])

/** Checks limits and keys in one pass. What is not JSON may pass: `JSON.parse` refuses it afterwards. */
function scan(text: string): void {
  const stack: Open[] = []
  let top: Open | undefined
  let values = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === quote) {
      const end = endOfString(text, at)
      if (end < 0) return
      if (top?.awaitsKey === true) takeKey(top, text.slice(at + 1, end))
      at = end
    } else if (character === openBrace || character === openBracket) {
      if (stack.length === manifestLimits.depth) {
        throw invalidManifest(`it nests more than ${manifestLimits.depth} levels`)
      }
      top = open(character === openBrace, top)
      stack.push(top)
    } else if (character === closeBrace || character === closeBracket) {
      stack.pop()
      top = stack.at(-1)
      continue
    } else if (character === comma) {
      if (top?.isObject === true) top.awaitsKey = true
    } else if (character === colon) {
      if (top !== undefined && top.keys !== null && wholeNumbers.has(top.key)) assertWholeNumber(text, at + 1, top.key)
      continue
    } else {
      continue
    }
    values++
    if (values > manifestLimits.values) throw invalidManifest(`it has more than ${manifestLimits.values} values`)
  }
}

function open(isObject: boolean, parent: Open | undefined): Open {
  if (parent !== undefined && parent.items !== null) {
    parent.items++
    if (parent.items > manifestLimits.descriptors) {
      throw invalidManifest(`it lists more than ${manifestLimits.descriptors} layers or manifests`)
    }
  }
  const place = placeInside(parent)
  const isCounted = !isObject && parent !== undefined && parent.keys !== null && countedLists.has(parent.key)
  return {
    isObject,
    place,
    keys: isObject && place !== null ? new Set() : null,
    key: '',
    awaitsKey: isObject,
    items: isCounted ? 0 : null,
  }
}

function placeInside(parent: Open | undefined): Place | null {
  if (parent === undefined) return manifest
  if (!parent.isObject) return parent.place
  return parent.keys === null ? null : (parent.place?.inside.get(parent.key) ?? null)
}

function takeKey(object: Open, quoted: string): void {
  object.awaitsKey = false
  const { keys, place } = object
  if (keys === null || place === null) return
  const key = quoted.includes('\\') ? String(JSON.parse(`"${quoted}"`)) : quoted
  object.key = key
  const before = keys.size
  if (keys.add(key).size === before) throw invalidManifest(`${shown(key, place)} occurs twice`)
  if (place.entriesMax !== null) {
    if (keys.size > place.entriesMax) {
      throw invalidManifest(`it has more than ${place.entriesMax} annotations in one object`)
    }
  } else if (!place.defined.has(key)) {
    const defined = place.folded.get(fold(key))
    if (defined !== undefined) throw invalidManifest(`${shown(key, place)} differs from "${defined}" only in case`)
  }
}

function shown(key: string, { name }: Place): string {
  return `the key ${JSON.stringify(key.slice(0, 100))} of ${name}`
}

/** The index of the quote that ends the string that starts at `start`; -1 when it does not end. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text.charCodeAt(before) === backslash) before--
    const isEscaped = (end - 1 - before) % 2 === 1
    if (!isEscaped) return end
  }
  return -1
}

function assertWholeNumber(text: string, start: number, key: string): void {
  let end = start
  while (end < text.length && !endOfNumber.has(text.charCodeAt(end))) end++
  const number = text.slice(start, end)
  if (/[.eE]/.test(number) && Number.isInteger(Number(number))) {
    throw invalidManifest(`its ${key} ${number.trim().slice(0, 40)} is not written as a whole number`)
  }
}

/**
 * The spelling that Go compares keys by: letters in lower case, and the two other characters that Unicode folds to an
 * ASCII letter, U+017F (long s) and U+212A (Kelvin sign).
 */
function fold(key: string): string {
  return key
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    .replaceAll('\u017f', 's')
    .replaceAll('\u212a', 'k')
}

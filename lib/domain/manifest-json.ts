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
  /** The keys that clients act on, by their folded spelling. Empty for a map, whose keys have no meaning here. */
  readonly defined: ReadonlyMap<string, string>
  /** What the value of a key is, if it is an object or a list with keys to check. */
  readonly inside: ReadonlyMap<string, Place>
  /** The most entries of a map; null for an object with defined keys. */
  readonly entriesMax: number | null
}

/** An object with defined keys. A list has the place of its items. */
function object(name: string, keys: string, inside: Readonly<Record<string, Place>>): Place {
  const defined = new Map(keys.split(' ').map((key) => [fold(key), key]))
  return { name, defined, inside: new Map(Object.entries(inside)), entriesMax: null }
}

const annotations: Place = {
  name: 'its annotations',
  defined: new Map(),
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
  // The limits first: a parser would create everything before it could be counted.
  scan(content)
  try {
    return JSON.parse(decoder.decode(content))
  } catch (cause) {
    throw invalidManifest('it is not JSON', cause)
  }
}

/** The error for a manifest that is refused for what its bytes say. */
export function invalidManifest(reason: string, cause?: unknown): AppError {
  return new AppError('MANIFEST_INVALID', { message: `manifest invalid: ${reason}`, detail: { reason }, cause })
}

/** An object or list that is open while the bytes are scanned. */
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

/** Checks limits and keys in one pass. What is not JSON may pass: `JSON.parse` refuses it afterwards. */
function scan(content: Uint8Array): void {
  const stack: Open[] = []
  let top: Open | undefined
  let values = 0
  for (let at = 0; at < content.length; at++) {
    const byte = content[at]
    if (byte === quote) {
      const end = endOfString(content, at)
      if (end < 0) return
      if (top?.awaitsKey === true) takeKey(top, content.subarray(at, end + 1))
      at = end
    } else if (byte === openBrace || byte === openBracket) {
      if (stack.length === manifestLimits.depth)
        throw invalidManifest(`it nests more than ${manifestLimits.depth} levels`)
      top = open(byte === openBrace, top)
      stack.push(top)
    } else if (byte === closeBrace || byte === closeBracket) {
      stack.pop()
      top = stack.at(-1)
      continue
    } else if (byte === comma) {
      if (top?.isObject === true) top.awaitsKey = true
    } else if (byte === colon) {
      if (top !== undefined && top.keys !== null && wholeNumbers.has(top.key))
        assertWholeNumber(content, at + 1, top.key)
      continue
    } else {
      continue
    }
    values++
    if (values > manifestLimits.values) throw invalidManifest(`it has more than ${manifestLimits.values} values`)
  }
}

function open(isObject: boolean, parent: Open | undefined): Open {
  const at = placeInside(parent)
  if (parent !== undefined && parent.items !== null) {
    parent.items++
    if (parent.items > manifestLimits.descriptors) {
      throw invalidManifest(`it lists more than ${manifestLimits.descriptors} layers or manifests`)
    }
  }
  const isCounted = !isObject && parent !== undefined && parent.keys !== null && countedLists.has(parent.key)
  return {
    isObject,
    place: at,
    keys: isObject && at !== null ? new Set() : null,
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

function takeKey(object: Open, quoted: Uint8Array): void {
  object.awaitsKey = false
  const { keys, place } = object
  if (keys === null || place === null) return
  const key = textOf(quoted)
  object.key = key
  const shown = () => `the key ${JSON.stringify(key.slice(0, 100))} of ${place.name}`
  if (keys.has(key)) throw invalidManifest(`${shown()} occurs twice`)
  const defined = place.defined.get(fold(key))
  if (defined !== undefined && defined !== key) {
    throw invalidManifest(`${shown()} differs from "${defined}" only in case`)
  }
  keys.add(key)
  if (place.entriesMax !== null && keys.size > place.entriesMax) {
    throw invalidManifest(`it has more than ${place.entriesMax} annotations in one object`)
  }
}

/** The index of the quote that ends the string that starts at `start`; -1 when it does not end. */
function endOfString(content: Uint8Array, start: number): number {
  for (let end = content.indexOf(quote, start + 1); end >= 0; end = content.indexOf(quote, end + 1)) {
    let before = end - 1
    while (content[before] === backslash) before--
    const isEscaped = (end - 1 - before) % 2 === 1
    if (!isEscaped) return end
  }
  return -1
}

function assertWholeNumber(content: Uint8Array, start: number, key: string): void {
  const after = Buffer.from(content.subarray(start, start + 64)).toString('latin1')
  const text = /^[ \t\r\n]*(-?[0-9][^,}\] \t\r\n]*)/.exec(after)?.[1]
  if (text !== undefined && /[.eE]/.test(text) && Number.isInteger(Number(text))) {
    throw invalidManifest(`its ${key} ${text} is not written as a whole number`)
  }
}

/** What a key says. A key that is not valid JSON is returned as it is: the whole text is refused later. */
function textOf(quoted: Uint8Array): string {
  const raw = Buffer.from(quoted.buffer, quoted.byteOffset, quoted.byteLength).toString('utf8')
  try {
    return raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1)
  } catch {
    return raw
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

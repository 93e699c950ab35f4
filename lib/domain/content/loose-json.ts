/* Reads of JSON that a pusher wrote: nothing of it needs to have the type that it should have. */

/** How much JSON is parsed. */
interface JsonLimits {
  /** Objects and lists inside each other. */
  readonly depth: number
  /** Objects, lists and separators in total: what a parser must create. */
  readonly values: number
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Parses JSON in UTF-8; undefined when it is not valid or exceeds a limit. The time it takes is bounded by the limits. */
export function parseLooseJson(content: Uint8Array, limits: JsonLimits): unknown {
  try {
    const text = decoder.decode(content)
    return isWithin(text, limits) ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c]
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]

/** Counts what is outside of strings. Of text that is not JSON it may say anything: a parser refuses that. */
function isWithin(text: string, limits: JsonLimits): boolean {
  let depth = 0
  let values = 0
  let isInString = false
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (isInString) {
      if (character === backslash) at++
      else if (character === quote) isInString = false
    } else if (character === quote) {
      isInString = true
    } else if (character === openBrace || character === openBracket) {
      values++
      depth++
      if (depth > limits.depth) return false
    } else if (character === closeBrace || character === closeBracket) {
      depth--
    } else if (character === comma) {
      values++
    }
  }
  return values <= limits.values
}

/** The members of an object; none of another value. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

/** The items of a list; none of another value. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : []
}

/** A text that is not empty; null for another value. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** The members of an object that are text. Also one named `__proto__`. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  const texts = Object.entries(membersOf(value)).filter(
    (member): member is [string, string] => typeof member[1] === 'string',
  )
  return Object.fromEntries(texts)
}

/** A time as UTC, ISO 8601; null for another value, for years that are not 1 to 9999, and for Go's zero time. */
export function timeOf(value: unknown): string | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(value)) {
    return null
  }
  const time = new Date(value)
  const isTime = !Number.isNaN(time.getTime()) && time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999
  return isTime && !value.startsWith('0001-01-01T00:00:00') ? time.toISOString() : null
}

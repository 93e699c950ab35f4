/** The first of a list, which may be longer. */
export interface BoundedList<T> {
  readonly items: T[]
  /** Of the whole list. */
  readonly totalCount: number
}

/** A name with a value: an annotation, a label, a variable. */
export interface NamedText {
  readonly name: string
  readonly value: string
}

/** Longest name and value that are shown, in UTF-16 units: a cut one ends in `…`. */
const nameMax = 512
const valueMax = 16 * 1024

/** Returns the first items whose JSON takes at most `maxBytes` together. */
export function firstItems<S, T>(
  source: readonly S[],
  toItem: (from: S, index: number) => T,
  maxBytes: number,
): BoundedList<T> {
  const items: T[] = []
  let bytes = 0
  for (const [index, from] of source.entries()) {
    const item = toItem(from, index)
    bytes += jsonBytes(item) + 1
    if (bytes > maxBytes) break
    items.push(item)
  }
  return { items, totalCount: source.length }
}

/** Returns names with their values, in order, within a number of bytes. */
export function namedTexts(texts: Readonly<Record<string, string>>, maxBytes: number): BoundedList<NamedText> {
  return firstItems(
    Object.entries(texts),
    ([name, value]) => ({ name: shortened(name, nameMax), value: shortened(value, valueMax) }),
    maxBytes,
  )
}

/** Returns a list of texts within a number of bytes; where some are left out, the last one is `…`. */
export function plainTexts(texts: readonly string[], maxBytes: number): string[] {
  const { items, totalCount } = firstItems(texts, (text) => shortened(text, valueMax), maxBytes)
  return items.length < totalCount ? [...items, '…'] : items
}

/** A text of at most `max` UTF-16 units and an ellipsis; no character is cut in two. */
export function shortened(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max).replace(/[\ud800-\udbff]$/, '')}…`
}

/** How many bytes a value takes as JSON in UTF-8. */
function jsonBytes(value: unknown): number {
  const json = JSON.stringify(value)
  let bytes = json.length
  for (let at = 0; at < json.length; at++) {
    const unit = json.charCodeAt(at)
    // Both halves of a surrogate pair take two of its four bytes.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return bytes
}

/**
 * Exempt patterns, prepared for many tags: 20 patterns and 100,000 tags are two million questions to `matchesPattern`,
 * which takes seconds on patterns that are made for it. Here each character of a tag is one step of a table, whatever
 * the number of patterns. `matchesPattern` is the definition; a property test compares the two.
 */

/** Returns the index of the first pattern that matches the whole tag; -1: none does. */
export type FirstMatch = (tag: string) => number

/**
 * The texts with which all tags begin that one of the patterns matches; none of them begins with another. `''` where a
 * pattern begins with a wildcard.
 */
export function beginningsOf(patterns: readonly string[]): string[] {
  const all = [...new Set(patterns.map((pattern) => /^[^*?]*/.exec(pattern)?.[0] ?? ''))]
  return all.filter((one) => !all.some((other) => other !== one && one.startsWith(other)))
}

/** Prepares patterns. The answer gets faster while tags are asked. */
export function preparePatterns(patterns: readonly string[]): FirstMatch {
  let groups: Group[] = patterns.length === 0 ? [] : [new Table(patterns, 0, allWorkMax)]
  return (tag) => {
    for (let at = 0; at < groups.length;) {
      const group = groups[at] as Group
      const found = group.firstMatch(tag)
      if (found === tooLarge) {
        groups = [...groups.slice(0, at), ...group.split(), ...groups.slice(at + 1)]
      } else if (found === none) {
        at += 1
      } else {
        return found
      }
    }
    return none
  }
}

const none = -1
const tooLarge = -2

/** Patterns that stand next to each other in the list. */
interface Group {
  /** `none`, `tooLarge`, or the index in the whole list. */
  readonly firstMatch: FirstMatch
  /** The same patterns in smaller groups, for a group that is too large. */
  split(): Group[]
}

/**
 * Positions that the steps of a table of all patterns may have come from, all together: a millisecond or two of making them.
 * Only patterns with many combinations of `*` and `?` come to that. They are then in smaller tables, which may take as much
 * in their turn, all of a size together: one tag may be the reason for all of them.
 */
const allWorkMax = 10_000

/** Where the patterns of a table can be after some characters of a tag. */
interface State {
  readonly positions: readonly number[]
  /** By class of character; absent until a tag takes the step. */
  readonly next: (State | undefined)[]
  /** The first pattern that matches a tag which ends here, or `none`. */
  readonly found: number
  /** Whether what follows cannot change `found`. */
  readonly isFinal: boolean
}

/**
 * Several patterns as one automaton, whose states and steps are made when a tag first needs them. A position is a place
 * in the texts of all patterns, one after the other, each with a sign at its end.
 */
class Table implements Group {
  readonly #patterns: readonly string[]
  readonly #firstIndex: number
  readonly #text: string
  /** By position: the pattern it is in. */
  readonly #patternOf: readonly number[]
  /** By character code. Characters that no pattern names are all in class 0. */
  readonly #classOf = new Uint8Array(128)
  readonly #characters: string[] = ['']
  readonly #states = new Map<string, State>()
  readonly #start: State
  readonly #workMax: number
  #work = 0

  /** `firstIndex` is the index of the first pattern in the whole list; `workMax`: for this table. */
  constructor(patterns: readonly string[], firstIndex: number, workMax: number) {
    this.#workMax = workMax
    this.#patterns = patterns
    this.#firstIndex = firstIndex
    const texts = patterns.map((pattern) => `${pattern.replace(/\*+/g, '*')}${end}`)
    this.#text = texts.join('')
    this.#patternOf = texts.flatMap((text, pattern) => Array.from({ length: text.length }, () => pattern))
    for (const character of new Set(this.#text.replace(/[*?$]/g, ''))) {
      this.#classOf[character.charCodeAt(0)] = this.#characters.length
      this.#characters.push(character)
    }
    const starts: number[] = []
    for (let position = 0; position < this.#text.length; position = this.#text.indexOf(end, position) + 1) {
      starts.push(position)
    }
    this.#start = this.#stateOf(starts)
  }

  firstMatch(tag: string): number {
    let state = this.#start
    for (let at = 0; at < tag.length && !state.isFinal; at++) {
      const of = this.#classOf[tag.charCodeAt(at)] ?? 0
      const next = state.next[of] ?? this.#step(state, of)
      if (next === null) return tooLarge
      state = next
    }
    return state.found === none ? none : this.#firstIndex + state.found
  }

  split(): Group[] {
    const { length } = this.#patterns
    if (length === 1) return [onePattern(this.#patterns[0] ?? '', this.#firstIndex)]
    const half = Math.ceil(length / 2)
    return [
      new Table(this.#patterns.slice(0, half), this.#firstIndex, this.#workMax / 2),
      new Table(this.#patterns.slice(half), this.#firstIndex + half, this.#workMax / 2),
    ]
  }

  #step(state: State, of: number): State | null {
    this.#work += state.positions.length
    if (this.#work > this.#workMax) return null
    const character = this.#characters[of]
    const reached: number[] = []
    for (const position of state.positions) {
      const wanted = this.#text[position]
      if (wanted === '*') reached.push(position)
      else if (wanted === '?' || wanted === character) reached.push(position + 1)
    }
    return (state.next[of] = this.#stateOf(reached))
  }

  #stateOf(reached: readonly number[]): State {
    const positions = this.#needed(reached)
    const key = positions.join()
    const known = this.#states.get(key)
    if (known !== undefined) return known
    const ended = positions.find((position) => this.#text[position] === end)
    const found = ended === undefined ? none : (this.#patternOf[ended] as number)
    // The last position of a pattern that ends with `*`: it matches whatever follows, and no earlier one is left.
    const isFinal = positions.every((position) => this.#patternOf[position] === found) && this.#isSettled(positions)
    const state = { positions, next: [], found, isFinal }
    this.#states.set(key, state)
    return state
  }

  /** Whether one of the positions is a `*` at the end of its pattern; then nothing else is needed of this pattern. */
  #isSettled(positions: readonly number[]): boolean {
    return positions.length === 0 || positions.some((position) => this.#isLastStar(position))
  }

  #isLastStar(position: number): boolean {
    return this.#text[position] === '*' && this.#text[position + 1] === end
  }

  /**
   * The positions in order, each once, with those that a `*` reaches without a character. Left out are the ones that
   * cannot matter: in a pattern, those before its last `*` (what matches from there matches from the `*` too), and all
   * patterns after one that matches whatever follows.
   */
  #needed(reached: readonly number[]): number[] {
    const all = new Set(reached)
    for (const position of reached) if (this.#text[position] === '*') all.add(position + 1)
    const needed: number[] = []
    let settled = Infinity
    let hidden = none
    for (const position of [...all].sort((one, other) => other - one)) {
      const pattern = this.#patternOf[position] as number
      if (pattern === hidden) continue
      if (this.#text[position] === '*') hidden = pattern
      if (this.#isLastStar(position)) settled = pattern
      needed.push(position)
    }
    return needed.filter((position) => (this.#patternOf[position] as number) <= settled).reverse()
  }
}

/** Stands after each pattern; no pattern and no tag has it. */
const end = '$'

/**
 * A pattern by itself, whose table would be too large: a bit for each place in it, and for all of them one step of a
 * few machine words for each character of a tag, whatever the pattern.
 */
function onePattern(pattern: string, index: number): Group {
  const places = pattern.replaceAll('*', '')
  const words = Math.floor(places.length / 32) + 1
  const staying = new Int32Array(words)
  const moving = new Int32Array(128 * words)
  let place = 0
  for (const character of pattern) {
    if (character === '*') {
      setBit(staying, 0, place)
      continue
    }
    const codes = character === '?' ? Array.from({ length: 128 }, (_, code) => code) : [character.charCodeAt(0)]
    for (const code of codes) setBit(moving, code * words, place)
    place += 1
  }
  const at = new Int32Array(words)
  const matches = (tag: string) => {
    at.fill(0)
    at[0] = 1
    for (let character = 0; character < tag.length; character++) {
      const row = tag.charCodeAt(character) * words
      let carry = 0
      for (let word = 0; word < words; word++) {
        const bits = at[word] as number
        const moved = bits & (moving[row + word] as number)
        at[word] = (moved << 1) | carry | (bits & (staying[word] as number))
        carry = moved >>> 31
      }
    }
    return (((at[place >>> 5] as number) >>> (place & 31)) & 1) === 1
  }
  return { firstMatch: (tag) => (matches(tag) ? index : none), split: () => [] }
}

function setBit(bits: Int32Array, start: number, place: number): void {
  const word = start + (place >>> 5)
  bits[word] = (bits[word] as number) | (1 << (place & 31))
}

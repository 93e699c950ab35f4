import type { History, LogLeaf, Operation } from './history'
import { type State, answerTo, changesNothing, newRepository } from './rule'

/** Whether a history can be explained. */
export type Explanation =
  | { readonly kind: 'explained'; readonly steps: number }
  /** No order of the operations gives these answers (and these leaves). `because` says where the best order ends. */
  | { readonly kind: 'unexplained'; readonly steps: number; readonly because: string }
  /** The search was given up: nobody knows. */
  | { readonly kind: 'undecided'; readonly steps: number }

/** How many states are looked at before a search is given up. */
const stepsMax = 200_000

/** One state of the search. Operations are numbers: places in the lists of the clear and of the unclear ones. */
interface Node {
  /** All clear operations before this one are done. */
  readonly first: number
  /** Others that are done. */
  readonly done: readonly number[]
  /** Unclear ones that took effect. */
  readonly late: readonly number[]
  readonly state: State
  readonly read: Reading
}

/** How far the log has been read: how many leaves of the policy, and of each tag. */
interface Reading {
  readonly policy: number
  readonly tags: Readonly<Record<string, number>>
}

/**
 * Looks for one order of the operations, consistent with their times, in which a registry that does one thing at a time
 * gives exactly these answers, and writes exactly these leaves (Wing and Gong's search, remembering what was tried).
 * Leaves of one tag come in their order, and those of the policy in theirs and in that of every tag: the log promises no
 * more. Operations without an answer may be left out.
 */
export function explain({ policy, operations, leaves }: History, limit = stepsMax): Explanation {
  const byStart = [...operations].sort((a, b) => a.start - b.start)
  const clear = byStart.filter(({ answer }) => answer !== null)
  const unclear = byStart.filter(({ answer }) => answer === null)
  const log = leaves === null ? null : new Log(leaves)
  const tried = new Set<string>()
  const state = newRepository(policy, tagsOf(operations))
  const open: Node[] = [{ first: 0, done: [], late: [], state, read: log?.begin() ?? { policy: 0, tags: {} } }]
  let farthest = { count: -1, because: 'nothing was tried' }
  let steps = 0
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (steps++ >= limit) return { kind: 'undecided', steps }
    const { now, next } = goStraight(node, clear)
    const { first, done, late, state, read } = now
    if (first === clear.length && (log === null || log.isRead(read))) return { kind: 'explained', steps }
    const key = JSON.stringify([first, done, late, state, read])
    if (tried.has(key)) continue
    tried.add(key)

    // An order of a depth-first search: what ended first is tried first, and what was not answered last.
    const followers: Node[] = []
    const stuck: string[] = []
    for (const index of next) {
      const operation = clear[index] as Operation
      const step = answerTo(state, operation.request)
      const after = log === null ? read : log.readOn(read, step.leaves)
      if (step.answer !== operation.answer) stuck.push(`${describe(operation)}; expected ${step.answer}`)
      else if (after === null) stuck.push(`${describe(operation)}; ${log?.nextLeaf(read, step.leaves) ?? ''}`)
      else followers.push({ ...withDone(now, index, clear), state: step.state, read: after })
    }
    const firstEnd = firstEndOf(now, clear)
    for (const [index, { start: begun, request }] of unclear.entries()) {
      if (begun > firstEnd || late.includes(index)) continue
      const step = answerTo(state, request)
      // What changes nothing can as well be left out.
      if (step.state === state) continue
      const after = log === null ? read : log.readOn(read, step.leaves)
      if (after !== null)
        followers.push({ ...now, late: [...late, index].sort(byNumber), state: step.state, read: after })
    }
    open.push(...followers.reverse())
    const count = first + done.length
    if (count > farthest.count) {
      const unread = log === null || first < clear.length ? '' : `the log has more: ${log.unread(read)}`
      farthest = { count, because: `${stuck[0] ?? unread}. State: ${JSON.stringify(state)}` }
    }
  }
  return { kind: 'unexplained', steps, because: farthest.because }
}

/**
 * Does what may be done next, has the right answer and changes nothing: it can as well be done now as later. Returns what
 * else may be next: what began before everything else that is left had ended.
 */
function goStraight(node: Node, clear: readonly Operation[]): { readonly now: Node; readonly next: readonly number[] } {
  for (let now = node; ;) {
    const next = candidates(now, clear)
    const free = next.find((index) => {
      const { request, answer } = clear[index] as Operation
      return changesNothing(request, answer ?? '') && answerTo(now.state, request).answer === answer
    })
    if (free === undefined) return { now, next: next.sort((a, b) => endOf(clear, a) - endOf(clear, b)) }
    now = withDone(now, free, clear)
  }
}

function tagsOf(operations: readonly Operation[]): string[] {
  return operations.flatMap(({ request }) => ('tags' in request ? request.tags : 'tag' in request ? [request.tag] : []))
}

function candidates(node: Node, clear: readonly Operation[]): number[] {
  const firstEnd = firstEndOf(node, clear)
  const found: number[] = []
  for (let index = node.first; index < clear.length && (clear[index]?.start ?? 0) <= firstEnd; index++) {
    if (!node.done.includes(index)) found.push(index)
  }
  return found
}

/** When the first of the clear operations that are left ended. */
function firstEndOf({ first, done }: Node, clear: readonly Operation[]): number {
  let firstEnd = Infinity
  for (let index = first; index < clear.length && (clear[index]?.start ?? 0) <= firstEnd; index++) {
    if (!done.includes(index)) firstEnd = Math.min(firstEnd, endOf(clear, index))
  }
  return firstEnd
}

function endOf(clear: readonly Operation[], index: number): number {
  return clear[index]?.end ?? Infinity
}

function withDone(node: Node, index: number, clear: readonly Operation[]): Node {
  let first = node.first
  const done = new Set([...node.done, index])
  while (first < clear.length && done.delete(first)) first++
  return { ...node, first, done: [...done].sort(byNumber) }
}

function byNumber(a: number, b: number): number {
  return a - b
}

function describe({ request, answer, start, end }: Operation): string {
  return `${JSON.stringify(request)} from ${start.toFixed(1)} to ${end.toFixed(1)} ms was answered ${answer}`
}

/** The leaves of a repository, read tag by tag. */
class Log {
  /** Of each tag: its leaves, and how many leaves of the policy come before each. */
  readonly #tags = new Map<string, { readonly text: string; readonly policies: number }[]>()
  /** Of the policy: its leaves, and how many leaves of each tag come before each. */
  readonly #policies: { readonly text: string; readonly tags: ReadonlyMap<string, number> }[] = []

  constructor(leaves: readonly LogLeaf[]) {
    for (const { tag, text } of leaves) {
      if (tag === null) {
        const tags = new Map([...this.#tags].map(([name, own]) => [name, own.length]))
        this.#policies.push({ text, tags })
      } else {
        const own = this.#tags.get(tag) ?? []
        own.push({ text, policies: this.#policies.length })
        this.#tags.set(tag, own)
      }
    }
  }

  begin(): Reading {
    return { policy: 0, tags: Object.fromEntries([...this.#tags.keys()].map((tag) => [tag, 0])) }
  }

  /** How far it is read after these leaves, or null when they do not come next. */
  readOn(read: Reading, leaves: readonly LogLeaf[]): Reading | null {
    let now = read
    for (const { tag, text } of leaves) {
      if (tag === null) {
        const leaf = this.#policies[now.policy]
        const tags = now.tags
        const isNext = leaf?.text === text && [...leaf.tags].every(([name, count]) => (tags[name] ?? 0) >= count)
        if (!isNext) return null
        now = { ...now, policy: now.policy + 1 }
      } else {
        const at = now.tags[tag] ?? 0
        const leaf = this.#tags.get(tag)?.[at]
        if (leaf?.text !== text || leaf.policies !== now.policy) return null
        now = { ...now, tags: { ...now.tags, [tag]: at + 1 } }
      }
    }
    return now
  }

  isRead({ policy, tags }: Reading): boolean {
    return policy === this.#policies.length && [...this.#tags].every(([tag, own]) => tags[tag] === own.length)
  }

  /** What the log has in place of these leaves. */
  nextLeaf(read: Reading, leaves: readonly LogLeaf[]): string {
    const says = leaves.map(({ tag, text }) => {
      const leaf = tag === null ? this.#policies[read.policy] : this.#tags.get(tag)?.[read.tags[tag] ?? 0]
      const where = `"${tag ?? 'policy'}: ${text}"`
      if (leaf?.text === text) return `the log has ${where} before or after another change of the policy or the tags`
      return `the log should say ${where} next, and says ${leaf === undefined ? 'nothing' : `"${leaf.text}"`}`
    })
    return says.join('; ')
  }

  /** The leaves that were not read. */
  unread({ policy, tags }: Reading): string {
    const own = [...this.#tags].flatMap(([tag, leaves]) =>
      leaves.slice(tags[tag] ?? 0).map(({ text }) => `${tag}: ${text}`),
    )
    return [...this.#policies.slice(policy).map(({ text }) => `policy: ${text}`), ...own].join(', ')
  }
}

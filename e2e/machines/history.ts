/**
 * One tag and its repository's Immutable box, as clients saw them: what they asked, what they were told, and when. An
 * operation that was not answered clearly may have taken effect at any time after its start, or never.
 */
export type Operation = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'push'; readonly digest: string; readonly outcome: 'done' | 'refused' | 'unknown' }
  | { readonly kind: 'delete'; readonly outcome: 'done' | 'refused' | 'missing' | 'unknown' }
  | { readonly kind: 'set'; readonly immutable: boolean; readonly outcome: 'done' | 'unknown' }
  | { readonly kind: 'read'; readonly digest: string | null }
)

interface State {
  readonly immutable: boolean
  readonly digest: string | null
}

/** A way to begin an order: which operations it has, the first that it may lack, and the state after them. */
interface Node {
  readonly done: bigint
  readonly first: number
  readonly state: State
  /** Whether the last one was a push or deletion without an answer. */
  readonly isLastUnanswered: boolean
}

/**
 * Whether the history is linearizable: whether there is one order of the operations, consistent with their times, in
 * which a registry that does one thing at a time gives exactly these answers (Wing and Gong's search, remembering which
 * sets of operations were tried with which state). Operations without an answer may be left out. It begins with a mutable
 * repository without the tag.
 */
export function isLinearizable(history: readonly Operation[]): boolean {
  const operations = [...history].sort((a, b) => a.start - b.start)
  const ends = operations.map((operation) => (isUnknown(operation) ? Infinity : operation.end))
  const tried = new Set<string>()

  // Not recursive: a history may be long.
  const open: Node[] = [{ done: 0n, first: 0, state: { immutable: false, digest: null }, isLastUnanswered: false }]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { done, state, isLastUnanswered } = node
    let { first } = node
    const isDone = (index: number) => (done & (1n << BigInt(index))) !== 0n
    while (first < operations.length && isDone(first)) first++
    const key = `${done} ${state.immutable} ${state.digest} ${isLastUnanswered}`
    if (tried.has(key)) continue
    tried.add(key)

    let firstEnd = Infinity
    let isOver = true
    for (let index = first; index < operations.length && (operations[index]?.start ?? 0) <= firstEnd; index++) {
      if (isDone(index)) continue
      const end = ends[index] ?? Infinity
      if (end !== Infinity) isOver = false
      firstEnd = Math.min(firstEnd, end)
    }
    if (isOver) return true
    // Only what began before everything else had ended may be next.
    const answered: (Node & { readonly end: number })[] = []
    const left = new Set<string>()
    for (let index = first; index < operations.length; index++) {
      const operation = operations[index]
      if (operation === undefined || operation.start > firstEnd) break
      if (isDone(index)) continue
      const next = apply(state, operation)
      if (next === null) continue
      const place = { done: done | (1n << BigInt(index)), first, state: next }
      if (!isUnknown(operation)) {
        answered.push({ ...place, isLastUnanswered: false, end: operation.end })
        continue
      }
      // Of those without an answer, these may be left out or wait: one that changes nothing, one that does what another does
      // which began before it, and a push or deletion after which another one follows at once, which needs it for nothing.
      const isMove = operation.kind !== 'set'
      const effect = `${next.immutable} ${next.digest}`
      if (isSame(next, state) || left.has(effect) || (isMove && isLastUnanswered)) continue
      left.add(effect)
      open.push({ ...place, isLastUnanswered: isMove })
    }
    // What ended first is tried first, and what was not answered last: most histories are found to be good at once.
    open.push(...answered.sort((a, b) => b.end - a.end))
  }
  return false
}

function isSame(one: State, other: State): boolean {
  return one.immutable === other.immutable && one.digest === other.digest
}

function isUnknown(operation: Operation): boolean {
  return operation.kind !== 'read' && operation.outcome === 'unknown'
}

/** The state after the operation, or null when it would not have been answered so: the rule, in a few lines. */
function apply(state: State, operation: Operation): State | null {
  if (operation.kind === 'read') return operation.digest === state.digest ? state : null
  if (operation.kind === 'set') return { ...state, immutable: operation.immutable }
  const change = (digest: string | null) => ({ ...state, digest })
  if (operation.kind === 'push') {
    const isAllowed = state.digest === null || state.digest === operation.digest || !state.immutable
    if (operation.outcome === 'refused') return isAllowed ? null : state
    return isAllowed ? change(operation.digest) : null
  }
  if (operation.outcome === 'missing') return state.digest === null ? state : null
  const isAllowed = state.digest !== null && !state.immutable
  if (operation.outcome === 'refused') return state.digest !== null && state.immutable ? state : null
  return isAllowed ? change(null) : null
}

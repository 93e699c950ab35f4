/**
 * One tag and its repository's Immutable box, as a client saw them: what it asked, what it was told, and when. Times are
 * of one clock: the operation took effect at some moment between `start` and `end`, if the server keeps its promise.
 */
export type Operation = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'push'; readonly digest: string; readonly accepted: boolean }
  | { readonly kind: 'read'; readonly digest: string | null }
  | { readonly kind: 'set'; readonly immutable: boolean }
)

interface State {
  readonly immutable: boolean
  readonly digest: string | null
}

/**
 * Whether the history is linearizable: whether there is one order of the operations, consistent with their times, in
 * which a registry that does one thing at a time gives exactly these answers (Wing and Gong's search, remembering which
 * sets of operations were tried with which state). It begins with a mutable repository without the tag.
 */
export function isLinearizable(history: readonly Operation[]): boolean {
  const tried = new Set<string>()

  function search(done: bigint, state: State): boolean {
    const open = history.flatMap((operation, index) => (done & (1n << BigInt(index)) ? [] : [{ operation, index }]))
    if (open.length === 0) return true
    const key = `${done} ${state.immutable} ${state.digest}`
    if (tried.has(key)) return false
    tried.add(key)
    // Only what began before everything else had ended may be next.
    const firstEnd = Math.min(...open.map(({ operation }) => operation.end))
    return open.some(({ operation, index }) => {
      if (operation.start > firstEnd) return false
      const next = apply(state, operation)
      return next !== null && search(done | (1n << BigInt(index)), next)
    })
  }

  return search(0n, { immutable: false, digest: null })
}

/** The state after the operation, or null when it would not have been answered so: the rule, in five lines. */
function apply(state: State, operation: Operation): State | null {
  if (operation.kind === 'set') return { ...state, immutable: operation.immutable }
  if (operation.kind === 'read') return operation.digest === state.digest ? state : null
  const allowed = state.digest === null || state.digest === operation.digest || !state.immutable
  if (allowed !== operation.accepted) return null
  return allowed ? { ...state, digest: operation.digest } : state
}

import { type ImmutabilityMode, type ImmutabilityRule, isAppendOnly } from './immutability'
import { preparePatterns } from './tag-patterns'

/** How many tags an exempt pattern leaves free. */
export interface PatternCount {
  readonly pattern: string
  /** A tag counts for the first pattern that matches it. */
  readonly count: number
}

/** What a policy does to the tags of a repository that has another policy, or the same. */
export interface PolicyEffect {
  readonly tagCount: number
  /** Tags that the policy protects (mode `enforce`). */
  readonly protectedCount: number
  /** Those that the current policy does not protect. */
  readonly newlyProtectedCount: number
  /** Tags whose overwriting pushes the policy takes and records (mode `audit`). */
  readonly auditedCount: number
  /** Those whose overwriting pushes the current policy takes without a record. */
  readonly newlyAuditedCount: number
  /** All other tags. */
  readonly freeCount: number
  /** Each exempt pattern of the policy, in its order. */
  readonly free: PatternCount[]
  /** Tags that the current policy protects and this one does not. */
  readonly freedCount: number
  /**
   * Those that an exempt pattern frees: none when the mode frees all. `tags` has the first of them in the order given.
   */
  readonly freed: (PatternCount & { readonly tags: readonly string[] })[]
  /**
   * Tags that moved recently, and whose next overwriting push is refused or recorded under the policy and was not
   * before. Append-only tags are not among them: what signs an image goes on.
   */
  readonly movedRecentlyCount: number
}

/** Counts the effect of a policy, tag by tag. */
export interface EffectCounter {
  /** Adds a tag. Returns whether it counts as moved recently. */
  add(tag: string, hasMovedRecently: boolean): boolean
  /** Adds tags that no pattern of either policy matches, and that have not moved recently. */
  addUnmatched(count: number): void
  /** Whether the policy itself, whatever the mode, applies to the tag: no pattern exempts it. */
  appliesTo(tag: string): boolean
  /** The effect on all tags added so far. */
  effect(): PolicyEffect
}

/** Tags that the effect names for a pattern. */
const namedTagsMax = 3

/** How strictly each mode treats an overwriting push. */
const strictness: Record<ImmutabilityMode, number> = { off: 0, audit: 1, enforce: 2 }

/** Starts to count what a change from the policy `current` to `wanted` does. */
export function countPolicyEffect(current: ImmutabilityRule, wanted: ImmutabilityRule): EffectCounter {
  const exemptedBy = preparePatterns(wanted.exemptTags)
  const isSameList = wanted.exemptTags.join(' ') === current.exemptTags.join(' ')
  const exemptedNow = isSameList ? exemptedBy : preparePatterns(current.exemptTags)
  const free = wanted.exemptTags.map(() => 0)
  const freed = wanted.exemptTags.map(() => ({ count: 0, tags: [] as string[] }))
  let tagCount = 0
  let applied = 0
  let stricter = 0
  let freedCount = 0
  let movedRecentlyCount = 0

  const modeFor = (mode: ImmutabilityMode, pattern: number): ImmutabilityMode => (pattern < 0 ? mode : 'off')

  return {
    add(tag, hasMovedRecently) {
      tagCount += 1
      const pattern = exemptedBy(tag)
      const next = modeFor(wanted.immutabilityMode, pattern)
      const now = modeFor(current.immutabilityMode, isSameList ? pattern : exemptedNow(tag))
      if (pattern < 0) applied += 1
      else free[pattern] = (free[pattern] as number) + 1
      if (now === 'enforce' && next !== 'enforce') {
        freedCount += 1
        const byPattern = wanted.immutabilityMode === 'enforce' ? freed[pattern] : undefined
        if (byPattern !== undefined) {
          byPattern.count += 1
          if (byPattern.tags.length < namedTagsMax) byPattern.tags.push(tag)
        }
      }
      if (strictness[next] <= strictness[now]) return false
      stricter += 1
      if (!hasMovedRecently || isAppendOnly(tag)) return false
      movedRecentlyCount += 1
      return true
    },
    addUnmatched(count) {
      tagCount += count
      applied += count
      const [next, now] = [wanted.immutabilityMode, current.immutabilityMode]
      if (now === 'enforce' && next !== 'enforce') freedCount += count
      if (strictness[next] > strictness[now]) stricter += count
    },
    appliesTo: (tag) => exemptedBy(tag) < 0,
    effect: () => {
      const inMode = (mode: ImmutabilityMode, count: number) => (wanted.immutabilityMode === mode ? count : 0)
      const patternOf = (index: number) => ({ pattern: wanted.exemptTags[index] as string })
      return {
        tagCount,
        protectedCount: inMode('enforce', applied),
        newlyProtectedCount: inMode('enforce', stricter),
        auditedCount: inMode('audit', applied),
        newlyAuditedCount: inMode('audit', stricter),
        freeCount: wanted.immutabilityMode === 'off' ? tagCount : tagCount - applied,
        free: free.map((tags, index) => ({ ...patternOf(index), count: tags })),
        freedCount,
        freed: freed.map((tags, index) => ({ ...patternOf(index), ...tags })).filter((tags) => tags.count > 0),
        movedRecentlyCount,
      }
    },
  }
}

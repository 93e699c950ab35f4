import { describe, expect, test } from 'vitest'
import type { ImmutabilityMode, ImmutabilityRule } from './immutability'
import { countPolicyEffect } from './policy-effect'

const policy = (immutabilityMode: ImmutabilityMode, ...exemptTags: string[]): ImmutabilityRule => ({
  immutabilityMode,
  exemptTags,
})

const signatures = `sha256-${'a'.repeat(64)}.sig`
const tags = ['dev', 'dev-1', 'dev-2', 'dev-3', 'latest', signatures, 'v1', 'v2']

/** The effect on `tags`, of which all but `v2` moved recently. */
function effectOf(current: ImmutabilityRule, wanted: ImmutabilityRule) {
  const counter = countPolicyEffect(current, wanted)
  const moved = tags.filter((tag) => counter.add(tag, tag !== 'v2'))
  const effect = counter.effect()
  expect(effect.movedRecentlyCount).toBe(moved.length)
  expect(effect.tagCount).toBe(tags.length)
  expect(effect.protectedCount + effect.auditedCount + effect.freeCount).toBe(tags.length)
  return { ...effect, moved }
}

describe('the effect of a policy', () => {
  test('that is turned on: what it protects, what stays free by which pattern, whose pushes break', () => {
    expect(effectOf(policy('off', 'latest'), policy('enforce', 'latest', 'dev-*', 'd*', 'none'))).toMatchObject({
      protectedCount: 3,
      newlyProtectedCount: 3,
      auditedCount: 0,
      freeCount: 5,
      free: [
        { pattern: 'latest', count: 1 },
        { pattern: 'dev-*', count: 3 },
        { pattern: 'd*', count: 1 },
        { pattern: 'none', count: 0 },
      ],
      freedCount: 0,
      freed: [],
      // The tag of signatures is protected too, but who signs goes on.
      moved: ['v1'],
    })
  })

  test('that exempts more: which tags get free, and by which pattern', () => {
    expect(effectOf(policy('enforce', 'latest'), policy('enforce', 'latest', 'dev*'))).toMatchObject({
      protectedCount: 3,
      newlyProtectedCount: 0,
      freeCount: 5,
      freedCount: 4,
      freed: [{ pattern: 'dev*', count: 4, tags: ['dev', 'dev-1', 'dev-2'] }],
      moved: [],
    })
  })

  test('that exempts less: what was free is protected', () => {
    expect(effectOf(policy('enforce', 'dev*', 'latest'), policy('enforce'))).toMatchObject({
      protectedCount: 8,
      newlyProtectedCount: 5,
      freeCount: 0,
      free: [],
      freedCount: 0,
      moved: ['dev', 'dev-1', 'dev-2', 'dev-3', 'latest'],
    })
  })

  test('that only audits: nothing is protected, and pushes that were taken are recorded', () => {
    const audited = { protectedCount: 0, newlyProtectedCount: 0, auditedCount: 7, freeCount: 1 }
    const wanted = policy('audit', 'latest')
    expect(effectOf(policy('off', 'latest'), wanted)).toMatchObject({
      ...audited,
      newlyAuditedCount: 7,
      freedCount: 0,
      moved: ['dev', 'dev-1', 'dev-2', 'dev-3', 'v1'],
    })
    expect(effectOf(wanted, wanted)).toMatchObject({ ...audited, newlyAuditedCount: 0, moved: [] })
    // Nobody's pushes break: they were refused before.
    expect(effectOf(policy('enforce', 'latest'), wanted)).toMatchObject({
      ...audited,
      newlyAuditedCount: 0,
      freedCount: 7,
      freed: [],
      moved: [],
    })
  })

  test('that is turned off: all tags are free, whatever the patterns', () => {
    expect(effectOf(policy('enforce', 'latest'), policy('off', 'dev*', 'latest'))).toMatchObject({
      protectedCount: 0,
      auditedCount: 0,
      freeCount: 8,
      free: [
        { pattern: 'dev*', count: 4 },
        { pattern: 'latest', count: 1 },
      ],
      freedCount: 7,
      freed: [],
      moved: [],
    })
  })

  test('of audit that becomes enforce: all that it audited is newly protected', () => {
    expect(effectOf(policy('audit', 'latest'), policy('enforce', 'latest'))).toMatchObject({
      newlyProtectedCount: 7,
      newlyAuditedCount: 0,
      moved: ['dev', 'dev-1', 'dev-2', 'dev-3', 'v1'],
    })
  })

  test('applies to tags that no pattern exempts', () => {
    const counter = countPolicyEffect(policy('off'), policy('audit', 'dev*'))
    expect(['dev-1', 'v1'].map((tag) => counter.appliesTo(tag))).toEqual([false, true])
  })
})

const modes: ImmutabilityMode[] = ['off', 'audit', 'enforce']
test.each(modes.flatMap((now) => modes.map((next) => [now, next] as const)))(
  'from %s to %s, tags that no pattern matches count together as they count one by one',
  (now, next) => {
    const [current, wanted] = [policy(now, 'latest'), policy(next, 'dev-*')]
    const [together, oneByOne] = [countPolicyEffect(current, wanted), countPolicyEffect(current, wanted)]
    for (const tag of ['latest', 'dev-1', 'v1', 'v2']) oneByOne.add(tag, false)
    for (const tag of ['latest', 'dev-1']) together.add(tag, false)
    together.addUnmatched(2)
    expect(together.effect()).toEqual(oneByOne.effect())
  },
)

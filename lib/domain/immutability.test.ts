import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type TagPrecondition,
  acrExemptTags,
  isAppendOnly,
  isExemptTagPattern,
  isProtected,
  matchesPattern,
  meetsPrecondition,
  requestedPolicy,
} from './immutability'

const hex = 'a'.repeat(64)

describe('isProtected', () => {
  test.each([
    ['v1', true],
    ['latest', false],
    ['Latest', true],
    ['latest ', true],
    ['latest-1', true],
    [`sha256-${hex}.sig`, true],
  ])('in an immutable repository %o: %s; in a mutable one nothing is', (tag, expected) => {
    const exemptTags = acrExemptTags
    expect(isProtected({ immutabilityMode: 'enforce', exemptTags }, tag)).toBe(expected)
    expect(isProtected({ immutabilityMode: 'audit', exemptTags }, tag)).toBe(false)
    expect(isProtected({ immutabilityMode: 'off', exemptTags }, tag)).toBe(false)
  })

  test('any of the patterns exempts a tag; without patterns latest is protected too', () => {
    const rule = (exemptTags: readonly string[]) => ({ immutabilityMode: 'enforce', exemptTags }) as const
    expect(isProtected(rule(['nightly', 'dev-*', 'pr-?']), 'dev-7')).toBe(false)
    expect(isProtected(rule(['nightly', 'dev-*', 'pr-?']), 'pr-77')).toBe(true)
    expect(isProtected(rule([]), 'latest')).toBe(true)
  })
})

describe('matchesPattern', () => {
  test.each([
    ['latest', 'latest', true],
    ['latest', 'Latest', false],
    ['latest', 'latest1', false],
    ['latest', 'xlatest', false],
    ['*', 'anything', true],
    ['dev-*', 'dev-', true],
    ['dev-*', 'Dev-1', false],
    ['dev-*', 'xdev-1', false],
    ['*-rc', '1.0-rc', true],
    ['*-rc', '1.0-rc2', false],
    ['*-rc', '1-rc-rc', true],
    ['v?', 'v1', true],
    ['v?', 'v', false],
    ['v?', 'v10', false],
    ['?*?', 'v', false],
    ['?*?', 'v1', true],
    ['a*b*c', 'abbc', true],
    ['a*b*c', 'acb', false],
    ['1.0', '1x0', false],
    ['**', 'a', true],
  ])('%s and %s: %s', (pattern, tag, expected) => {
    expect(matchesPattern(pattern, tag)).toBe(expected)
  })

  const text = (characters: string) =>
    fc.array(fc.constantFrom(...characters.split('')), { minLength: 1, maxLength: 12 }).map((all) => all.join(''))

  test('a regular expression gives the same answers, in 20,000 generated cases', () => {
    let matches = 0
    fc.assert(
      fc.property(text('aAb.*?'), text('aAb.'), (pattern, tag) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('?', '.').replaceAll(/\*+/g, '.*')
        const expected = new RegExp(`^${source}$`).test(tag)
        if (expected) matches += 1
        return matchesPattern(pattern, tag) === expected
      }),
      { numRuns: 20_000 },
    )
    // About 1,025 of them match.
    expect(matches).toBeGreaterThan(500)
  })

  // A matcher that goes back to each earlier `*` does not come to an end here.
  test('the worst patterns of the allowed length', () => {
    const tag = 'a'.repeat(128)
    const worst = ['*a'.repeat(63) + '*b', '*' + 'a'.repeat(126) + 'b', '*a?'.repeat(42) + 'b', '*'.repeat(127) + 'b']
    for (const pattern of worst) expect(matchesPattern(pattern, tag)).toBe(false)
  })
})

describe('isExemptTagPattern', () => {
  test.each([
    ['latest', true],
    ['V_1.2-*?', true],
    ['x'.repeat(128), true],
    ['x'.repeat(129), false],
    ['', false],
    ['a b', false],
    ['a/b', false],
    ['[a]', false],
    ['a\n', false],
    ['é', false],
  ])('%j: %s', (pattern, expected) => {
    expect(isExemptTagPattern(pattern)).toBe(expected)
  })
})

describe('requestedPolicy', () => {
  const current = { immutabilityMode: 'audit', exemptTags: ['dev-*'] } as const
  test.each([
    [{}, current],
    [{ tagImmutability: true }, { ...current, immutabilityMode: 'enforce' }],
    [{ tagImmutability: false }, { ...current, immutabilityMode: 'off' }],
    [{ immutability: { mode: 'off' } }, { ...current, immutabilityMode: 'off' }],
    [{ immutability: { exemptTags: [] } }, { ...current, exemptTags: [] }],
    [
      { tagImmutability: true, immutability: { exemptTags: ['x'] } },
      { immutabilityMode: 'enforce', exemptTags: ['x'] },
    ],
  ] as const)('%j', (request, expected) => {
    expect(requestedPolicy(current, request)).toEqual(expected)
  })
})

describe('isAppendOnly', () => {
  test.each([
    [`sha256-${hex}`, true],
    [`sha256-${hex}.sig`, true],
    [`sha256-${hex}.att`, true],
    [`sha256-${hex}.sbom`, true],
    [`sha256-${hex}.txt`, false],
    [`sha256-${hex}.sig.sig`, false],
    [`sha256-${hex.slice(1)}`, false],
    [`sha256-${hex.toUpperCase()}`, false],
    [`xsha256-${hex}`, false],
    [`sha512-${hex}${hex}`, false],
    ['latest', false],
  ])('%s: %s', (tag, expected) => {
    expect(isAppendOnly(tag)).toBe(expected)
  })
})

describe('meetsPrecondition', () => {
  const match: TagPrecondition = { kind: 'match', digests: ['a', 'b'] }
  test.each<[TagPrecondition, string | null, boolean]>([
    [{ kind: 'none' }, null, true],
    [{ kind: 'none' }, 'a', true],
    [{ kind: 'absent' }, null, true],
    [{ kind: 'absent' }, 'a', false],
    [{ kind: 'any' }, null, false],
    [{ kind: 'any' }, 'a', true],
    [match, null, false],
    [match, 'b', true],
    [match, 'c', false],
  ])('%j of %o: %s', (precondition, current, expected) => {
    expect(meetsPrecondition(precondition, current)).toBe(expected)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exemptTagsMax, matchesPattern } from './immutability'
import { beginningsOf, preparePatterns } from './tag-patterns'

const firstOf = (patterns: readonly string[], tag: string) =>
  patterns.findIndex((pattern) => matchesPattern(pattern, tag))

const text = (characters: string, maxLength: number) =>
  fc.array(fc.constantFrom(...characters.split('')), { minLength: 1, maxLength }).map((all) => all.join(''))

describe('preparePatterns', () => {
  test.each([
    [[], 'v1', -1],
    [['latest'], 'latest', 0],
    [['latest'], 'latest1', -1],
    [['x', 'v*', 'v1'], 'v1', 1],
    [['v1', 'v*'], 'v2', 1],
    [['*a*', 'ab'], 'ab', 0],
    [['ab', '*a*'], 'ab', 0],
    [['?', '**'], 'ab', 1],
  ])('%j and %s: %i', (patterns, tag, expected) => {
    expect(preparePatterns(patterns)(tag)).toBe(expected)
  })

  test('finds the first pattern that matchesPattern finds, in 20,000 generated cases', () => {
    const found = new Set<number>()
    fc.assert(
      fc.property(
        fc.array(text('aAb.*?', 12), { maxLength: exemptTagsMax }),
        fc.array(text('aAb.', 12), { minLength: 1, maxLength: 10 }),
        (patterns, tags) => {
          const firstMatch = preparePatterns(patterns)
          for (const tag of tags) {
            const expected = firstOf(patterns, tag)
            found.add(expected)
            if (firstMatch(tag) !== expected) return false
          }
          return true
        },
      ),
      { numRuns: 2000 },
    )
    expect(found.size).toBeGreaterThan(10)
  })

  // The states of such patterns are as many as the combinations of what came before: no table holds them all.
  test.each([
    ['of one word', 3],
    ['of several words', 45],
  ])('finds the same when the table gets too large, with patterns %s', (_, length) => {
    const patterns = Array.from({ length: exemptTagsMax }, (_, n) => `*a${'?'.repeat(length + n)}b${n % 2 ? '*' : 'x'}`)
    const firstMatch = preparePatterns(patterns)
    let matches = 0
    fc.assert(
      fc.property(
        fc
          .array(fc.constantFrom('a', 'b', 'x', 'y', 'z'), { minLength: 40, maxLength: 128 })
          .map((all) => all.join('')),
        (tag) => {
          const expected = firstOf(patterns, tag)
          if (expected >= 0) matches += 1
          return firstMatch(tag) === expected
        },
      ),
      { numRuns: 3000 },
    )
    expect(matches).toBeGreaterThan(300)
  })
})

describe('beginningsOf', () => {
  test.each([
    [[], []],
    [
      ['latest', 'dev-*'],
      ['latest', 'dev-'],
    ],
    [['dev-*', 'dev-1', 'de?'], ['de']],
    [['v1', 'v1'], ['v1']],
    [['latest', '*-rc'], ['']],
  ])('%j: %j', (patterns, expected) => {
    expect(beginningsOf(patterns)).toEqual(expected)
  })

  test('every tag that a pattern matches begins with exactly one of them, in 5,000 generated cases', () => {
    fc.assert(
      fc.property(fc.array(text('ab*?', 5), { maxLength: exemptTagsMax }), text('ab', 6), (patterns, tag) => {
        const count = beginningsOf(patterns).filter((beginning) => tag.startsWith(beginning)).length
        expect(count).toBeLessThanOrEqual(1)
        if (firstOf(patterns, tag) >= 0) expect(count).toBe(1)
      }),
      { numRuns: 5000 },
    )
  })
})

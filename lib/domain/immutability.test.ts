import { describe, expect, test } from 'vitest'
import { type TagPrecondition, isAppendOnly, isProtected, meetsPrecondition } from './immutability'

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
    expect(isProtected({ tagImmutability: true }, tag)).toBe(expected)
    expect(isProtected({ tagImmutability: false }, tag)).toBe(false)
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

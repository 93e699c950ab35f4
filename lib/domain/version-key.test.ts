import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { versionKey, versionKeyMax } from './version-key'

const inOrder = [
  'chart',
  'chart-1.4.0-rc.1',
  'chart-1.4.0',
  'chart-1.10.0',
  'latest',
  'nightly',
  'release-2026.11.9-feature',
  'release-2026.11.20',
  'v0.9',
  '1',
  'v1.9-rc.1',
  'v1.9',
  'v1.9.0',
  'v1.9.3-alpine',
  '1.9.3',
  '1.9.3_1',
  'v1.10.0',
  'v1.18446744073709551616',
  'v2.0.0-alpha',
  'v2.0.0-alpha.1',
  'v2.0.0-alpha.beta',
  'v2.0.0-beta.2',
  'v2.0.0-beta.11',
  'v2.0.0-rc.1',
  'v2.0.0rc9',
  'v2.0.0rc10',
  'v2.0.0',
  'v10',
  '20261128',
]

const compare = <T extends string | bigint | number>(one: T, other: T) => (one < other ? -1 : one > other ? 1 : 0)

const tagName = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/)

describe('versionKey', () => {
  test('its order is the order of versions', () => {
    const sorted = inOrder.toReversed().sort((one, other) => compare(versionKey(one), versionKey(other)))
    expect(sorted).toEqual(inOrder)
  })

  test('versions with and without v, leading zeros and capitals are the same', () => {
    for (const tag of ['1.2', 'v1.2', 'V1.2', 'v01.002']) expect(versionKey(tag)).toBe(versionKey('v1.2'))
    expect(versionKey('1.0-RC1')).toBe(versionKey('1.0-rc1'))
  })

  test('numbers are compared as numbers, however many there are and however large they are', () => {
    const number = fc.oneof(fc.bigInt(0n, 20n), fc.bigInt(0n, 10n ** 40n))
    const numbers = fc.array(number, { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const at = one.findIndex((part, index) => part !== other[index])
        const [mine, theirs] = [one[at], other[at]]
        const expected =
          at === -1 ? compare(one.length, other.length) : theirs === undefined ? 1 : compare(mine ?? 0n, theirs)
        expect(compare(versionKey(`v${one.join('.')}`), versionKey(`v${other.join('.')}`))).toBe(expected)
      }),
      { numRuns: 5_000 },
    )
  })

  test('a pre-release is before its release, and after the release before', () => {
    const version = fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30))
    const suffix = fc.constantFrom('-rc.1', '-0', '-alpha.beta', 'rc1', '-SNAPSHOT', '.dev3', 'b2')
    fc.assert(
      fc.property(version, suffix, ([major, minor, patch], end) => {
        const preRelease = versionKey(`v${major}.${minor}.${patch + 1}${end}`)
        expect(preRelease < versionKey(`${major}.${minor}.${patch + 1}`)).toBe(true)
        expect(preRelease > versionKey(`${major}.${minor}.${patch}`)).toBe(true)
      }),
    )
  })

  test('it is a short ASCII text for every tag', () => {
    fc.assert(
      fc.property(tagName, (tag) => {
        expect(versionKey(tag)).toMatch(/^[01][\x21-\x7e]*$/)
        expect(versionKey(tag).length).toBeLessThanOrEqual(versionKeyMax)
      }),
      { numRuns: 5_000 },
    )
    for (const part of ['1.', '1-', '1a', '9', 'a1', 'v1', '0.', '-1']) {
      const tag = `a${part.repeat(64)}`.slice(0, 128)
      expect(versionKey(tag).length).toBeLessThanOrEqual(versionKeyMax)
      expect(versionKey(tag.slice(1)).length).toBeLessThanOrEqual(versionKeyMax)
    }
  })
})

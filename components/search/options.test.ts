import { expect, test } from 'vitest'
import { isWholeDigest, partsAround, shownDigest } from './options'

test.each([
  ['hotfix-fee', 'fee', ['hotfix-', 'fee', '']],
  ['Fees', 'fee', ['', 'Fee', 's']],
  ['a<b>c', '<b>', ['a', '<b>', 'c']],
  ['fee', '', null],
  ['fee', 'v', null],
  ['İx', 'x', null],
])('%s holds %s', (text, wanted, parts) => {
  expect(partsAround(text, wanted)).toEqual(parts)
})

test.each([
  ['a'.repeat(64), true],
  [`sha256:${'A'.repeat(64)}`, true],
  [`sha512:${'b'.repeat(128)}`, true],
  [`sha512:${'b'.repeat(64)}`, false],
  ['a'.repeat(63), false],
  [`${'a'.repeat(64)} `, false],
])('%s is a whole digest: %s', (text, isWhole) => {
  expect(isWholeDigest(text)).toBe(isWhole)
})

test('a digest shows all that was asked for, up to a length', () => {
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
  expect(shownDigest(digest, '0123')).toBe('sha256:0123456789ab')
  expect(shownDigest(digest, 'sha256:0123456789abcdef')).toBe('sha256:0123456789abcdef')
  expect(shownDigest(digest, digest)).toBe('sha256:0123456789abcdef01234567')
})

import { expect, test } from 'vitest'
import { parseDigest } from './digest'
import { referrersTag } from './referrers-tag'

// The specification's own examples.
test.each([
  [`sha256:${'a'.repeat(64)}`, `sha256-${'a'.repeat(64)}`],
  [`sha512:${'a'.repeat(128)}`, `sha512-${'a'.repeat(64)}`],
])('the referrers of %s are under %s', (digest, tag) => {
  expect(referrersTag(parseDigest(digest))).toBe(tag)
})

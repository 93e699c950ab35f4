import { expect, test } from 'vitest'
import { createAccessKeyId, createSecret } from './random-secret'

test('a secret has 43 letters and digits, every one of the 62 about equally often', () => {
  const counts = new Map<string, number>()
  for (let round = 0; round < 2_000; round += 1) {
    const secret = createSecret()
    expect(secret).toMatch(/^[A-Za-z0-9]{43}$/)
    for (const character of secret) counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  expect(counts.size).toBe(62)
  // 86,000 characters, 1,387 of each expected, standard deviation 37.
  for (const count of counts.values()) expect(Math.abs(count - 1_387)).toBeLessThan(8 * 37)
})

test('an access key id has 20 capital letters and digits and begins with a letter', () => {
  for (let round = 0; round < 200; round += 1) expect(createAccessKeyId()).toMatch(/^[A-Z][A-Z0-9]{19}$/)
})

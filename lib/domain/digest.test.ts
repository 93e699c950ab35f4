import { describe, expect, it } from 'vitest'

import { digestAlgorithm, digestHex, isDigest, parseDigest, shortDigest } from './digest'

const hex64 = '0123456789abcdef'.repeat(4)
const hex128 = hex64.repeat(2)

describe('a digest', () => {
  it.each([
    ['sha256 of 64 digits', `sha256:${hex64}`, true],
    ['sha512 of 128 digits', `sha512:${hex128}`, true],
    ['upper-case digits', `sha256:${hex64.toUpperCase()}`, false],
    ['an upper-case algorithm', `SHA256:${hex64}`, false],
    ['a digit too few', `sha256:${hex64.slice(1)}`, false],
    ['a digit too many', `sha256:${hex64}0`, false],
    ['sha512 of 64 digits', `sha512:${hex64}`, false],
    ['sha256 of 128 digits', `sha256:${hex128}`, false],
    ['another algorithm', `md5:${hex64}`, false],
    ['no algorithm', hex64, false],
    ['a line break after it', `sha256:${hex64}\n`, false],
    ['a path', `sha256:../../${hex64.slice(6)}`, false],
    ['nothing', '', false],
  ])('%s', (_name, text, valid) => {
    expect(isDigest(text)).toBe(valid)
    if (valid) expect(parseDigest(text)).toBe(text)
    else expect(() => parseDigest(text)).toThrow(expect.objectContaining({ code: 'DIGEST_INVALID' }))
  })

  it('takes apart into algorithm and digits, and shortens for people', () => {
    const digest = parseDigest(`sha512:${hex128}`)
    expect(digestAlgorithm(digest)).toBe('sha512')
    expect(digestAlgorithm(parseDigest(`sha256:${hex64}`))).toBe('sha256')
    expect(digestHex(digest)).toBe(hex128)
    expect(shortDigest(digest)).toBe('sha512:0123456789ab')
  })
})

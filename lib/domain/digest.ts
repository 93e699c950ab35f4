import { AppError } from './errors'

declare const digestBrand: unique symbol

/** Text that `parseDigest` or `isDigest` has checked: `sha256:<64 hex>` or `sha512:<128 hex>`, lower case. */
export type Digest = string & { readonly [digestBrand]: true }

/** A hash algorithm for digests: the two that the OCI image specification registers. */
export type DigestAlgorithm = 'sha256' | 'sha512'

/** The algorithms a digest may use. */
export const digestAlgorithms: readonly DigestAlgorithm[] = ['sha256', 'sha512']

const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/

/** Whether `text` is a digest that this registry accepts. */
export function isDigest(text: string): text is Digest {
  return digestPattern.test(text)
}

/** Parses a digest. Throws DIGEST_INVALID, which says what a digest looks like. */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text
  throw new AppError('DIGEST_INVALID', {
    message: 'a digest must be sha256: followed by 64, or sha512: followed by 128, lower-case hexadecimal digits',
    detail: { digest: text.slice(0, 160) },
  })
}

/** Parses a digest algorithm. Throws DIGEST_INVALID, which names the supported ones. */
export function parseDigestAlgorithm(text: string): DigestAlgorithm {
  const algorithm = digestAlgorithms.find((known) => known === text)
  if (algorithm !== undefined) return algorithm
  throw new AppError('DIGEST_INVALID', {
    message: `the digest algorithm must be ${digestAlgorithms.join(' or ')}`,
    detail: { algorithm: text.slice(0, 160) },
  })
}

/** The part before the colon. */
export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha256:') ? 'sha256' : 'sha512'
}

/** The part after the colon: 64 or 128 lower-case hexadecimal digits. */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1)
}

/** The algorithm and the first twelve hexadecimal digits: for people to tell digests apart, not for lookups. */
export function shortDigest(digest: Digest): string {
  return `${digestAlgorithm(digest)}:${digestHex(digest).slice(0, 12)}`
}

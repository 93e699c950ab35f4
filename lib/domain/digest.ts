import { AppError } from './errors'

declare const digestBrand: unique symbol

/** Text that `parseDigest` or `isDigest` has seen: `sha256:<64 hex>` or `sha512:<128 hex>`, lower case. */
export type Digest = string & { readonly [digestBrand]: true }

/** A hash that content may be named by: the two that the OCI image specification registers. */
export type DigestAlgorithm = 'sha256' | 'sha512'

/** Every algorithm a digest may use. */
export const digestAlgorithms: readonly DigestAlgorithm[] = ['sha256', 'sha512']

const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/

/** Whether `text` is a digest this registry takes. */
export function isDigest(text: string): text is Digest {
  return digestPattern.test(text)
}

/** `text` as a digest. Throws DIGEST_INVALID, which says what a digest looks like. */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text
  throw new AppError('DIGEST_INVALID', {
    message: 'a digest is sha256: and 64, or sha512: and 128, lower-case hexadecimal digits',
    detail: { digest: text.slice(0, 160) },
  })
}

/** `text` as an algorithm. Throws DIGEST_INVALID, which names those there are. */
export function parseDigestAlgorithm(text: string): DigestAlgorithm {
  const algorithm = digestAlgorithms.find((known) => known === text)
  if (algorithm !== undefined) return algorithm
  throw new AppError('DIGEST_INVALID', {
    message: `a digest's algorithm is ${digestAlgorithms.join(' or ')}`,
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

/** The algorithm and the first twelve hexadecimal digits: enough for a person to tell digests apart, never to look one up. */
export function shortDigest(digest: Digest): string {
  return `${digestAlgorithm(digest)}:${digestHex(digest).slice(0, 12)}`
}

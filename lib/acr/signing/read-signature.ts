import { AppError } from '@/lib/domain/errors'
import { type RequestParts, type RequestSignature, incomplete } from './request-parts'
import { readV1 } from './v1'
import { claimsV3, readV3 } from './v3'

/**
 * Reads the signature of a request: of the third version when `Authorization` claims it, of the first when there is a
 * parameter `Signature`. Other headers decide nothing: the clients of both versions send `x-acs-action`. Throws
 * ACCESS_KEY_MISSING for a request with none, and SIGNATURE_INCOMPLETE for one with two credentials.
 */
export function readSignature(parts: RequestParts): RequestSignature {
  const authorization = parts.headers.find('authorization')
  const isV1 = parts.parameters.has('Signature')
  if (isV1 && authorization !== null) throw incomplete('a request has one signature: Authorization or Signature')
  if (isV1) return readV1(parts)
  if (claimsV3(authorization ?? undefined)) return readV3(parts)
  throw parts.parameters.has('AccessKeyId')
    ? incomplete('the parameter Signature is missing')
    : new AppError('ACCESS_KEY_MISSING')
}

import { createHash, createHmac } from 'node:crypto'
import { AppError } from '@/lib/domain/errors'
import { equalTexts } from './equal-texts'
import { canonicalParameters } from './percent-encode'
import { type RequestParts, type RequestSignature, checkNonce, incomplete, parseTime } from './request-parts'

const algorithm = 'ACS3-HMAC-SHA256'

/** `Authorization` of a request that is signed so. */
const form =
  /^ACS3-HMAC-SHA256 Credential=([^,\s]{1,128}), ?SignedHeaders=([a-z0-9_;-]{1,2048}), ?Signature=([0-9a-f]{64})$/

/** The headers that say what a request does. All must be signed. */
const required = [
  'host',
  'x-acs-action',
  'x-acs-content-sha256',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-version',
]

/** Whether the caller says that the request has a signature of the third version, of this algorithm or another. */
export function claimsV3(authorization: string | undefined): boolean {
  return authorization !== undefined && /^ACS3-/i.test(authorization)
}

/**
 * Reads a signature of the third version (ACS3-HMAC-SHA256), which is in the headers. Throws ACCESS_KEY_MISSING,
 * SECURITY_TOKEN_UNSUPPORTED, and SIGNATURE_INCOMPLETE where something that matters is not signed, or could be read in
 * two ways.
 */
export function readV3({ method, path, parameters, headers, body }: RequestParts): RequestSignature {
  const authorization = headers.require('authorization')
  const [, accessKeyId, list, signature] = form.exec(authorization) ?? []
  if (accessKeyId === undefined || list === undefined || signature === undefined) {
    throw /Credential=(?:,|$)/.test(authorization)
      ? new AppError('ACCESS_KEY_MISSING')
      : incomplete(`Authorization must be ${algorithm} with Credential, SignedHeaders and Signature`)
  }
  if ((headers.find('x-acs-security-token') ?? '') !== '') throw new AppError('SECURITY_TOKEN_UNSUPPORTED')
  const named = headers.find('x-acs-accesskey-id')
  if (named !== null && named !== accessKeyId) throw incomplete('x-acs-accesskey-id is not the one in Authorization')
  const signed = list.split(';')
  assertAllSigned(signed, headers.names())
  const bodyHash = createHash('sha256').update(body).digest('hex')
  if (headers.require('x-acs-content-sha256') !== bodyHash) {
    throw incomplete('x-acs-content-sha256 is not the SHA-256 of the body, in lower-case hexadecimal digits')
  }
  const action = headers.require('x-acs-action')
  const version = headers.require('x-acs-version')
  assertSame(parameters.get('Action'), action)
  assertSame(parameters.get('Version'), version)

  const lines = signed.map((name) => {
    const value = headers.find(name)
    if (value === null) throw incomplete(`the signed header ${name} is missing`)
    return `${name}:${value}\n`
  })
  const canonical = [method, path, canonicalParameters(parameters), lines.join(''), list, bodyHash].join('\n')
  // Node reads each byte of a header as one character.
  const hashed = createHash('sha256').update(canonical, 'latin1').digest('hex')
  return {
    accessKeyId,
    action,
    version,
    madeAtMs: parseTime(headers.require('x-acs-date')),
    nonce: checkNonce(headers.require('x-acs-signature-nonce')),
    isMadeWith: (secret) =>
      equalTexts(createHmac('sha256', secret).update(`${algorithm}\n${hashed}`).digest('hex'), signature),
  }
}

/** Throws SIGNATURE_INCOMPLETE unless the list is in order, without repetition, and has all headers that must be signed. */
function assertAllSigned(signed: readonly string[], sent: readonly string[]): void {
  if (signed.some((name, i) => name === '' || (i > 0 && name <= (signed[i - 1] ?? '')))) {
    throw incomplete('SignedHeaders must be sorted, in lower case, each name once')
  }
  for (const name of [...required, ...sent.filter((one) => one.startsWith('x-acs-'))]) {
    if (!signed.includes(name)) throw incomplete(`the header ${name} must be signed`)
  }
}

/** Throws SIGNATURE_INCOMPLETE when a parameter says something other than the header. */
function assertSame(parameter: string | undefined, header: string): void {
  if (parameter !== undefined && parameter !== header) throw incomplete('header and parameter name different actions')
}

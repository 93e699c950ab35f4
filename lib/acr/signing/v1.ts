import { createHmac } from 'node:crypto'
import { AppError } from '@/lib/domain/errors'
import { equalTexts } from './equal-texts'
import { canonicalParameters, percentEncode } from './percent-encode'
import { type RequestParts, type RequestSignature, checkNonce, incomplete, parseTime } from './request-parts'

/** The one kind of signature of this version that the SDKs make. */
const fixed = { SignatureMethod: 'HMAC-SHA1', SignatureVersion: '1.0' } as const

/**
 * Reads a signature of the first version (RPC, HMAC-SHA1), which is a parameter among those that it signs. No header is
 * signed: none says what the request does. Throws ACCESS_KEY_MISSING, SECURITY_TOKEN_UNSUPPORTED and SIGNATURE_INCOMPLETE.
 */
export function readV1({ method, path, parameters }: RequestParts): RequestSignature {
  const find = (name: string) => parameters.get(name) ?? ''
  const demand = (name: string) => {
    const value = find(name)
    if (value === '') throw incomplete(`the parameter ${name} is missing`)
    return value
  }
  const accessKeyId = find('AccessKeyId')
  if (accessKeyId === '') throw new AppError('ACCESS_KEY_MISSING')
  if (find('SecurityToken') !== '') throw new AppError('SECURITY_TOKEN_UNSUPPORTED')
  for (const [name, value] of Object.entries(fixed)) {
    if (demand(name) !== value) throw incomplete(`${name} must be ${value}`)
  }
  // Some clients send it empty, and sign it.
  if (find('SignatureType') !== '') throw incomplete('SignatureType must be empty')
  const signature = demand('Signature')
  const text = `${method}&${percentEncode(path)}&${percentEncode(canonicalParameters(parameters, 'Signature'))}`
  return {
    accessKeyId,
    action: find('Action'),
    version: find('Version'),
    madeAtMs: parseTime(demand('Timestamp')),
    nonce: checkNonce(demand('SignatureNonce')),
    isMadeWith: (secret) => equalTexts(createHmac('sha1', `${secret}&`).update(text).digest('base64'), signature),
  }
}

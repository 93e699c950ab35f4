import { createHash, createHmac, randomUUID } from 'node:crypto'

/** An access key as a client has it. */
export interface AcrKey {
  readonly id: string
  readonly secret: string
}

/** What a client sends. */
export interface AcrRequest {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

/** How a request is signed, where a test wants it otherwise. */
export interface Signing {
  readonly scheme?: 'V1' | 'V3'
  readonly method?: 'GET' | 'POST'
  readonly host?: string
  readonly at?: Date
  readonly nonce?: string
  readonly version?: string
  /** The parameters go in a form body; V1 with its common ones too. */
  readonly inBody?: boolean
}

/** A signer of requests that shares nothing with the code it tests. */
export function signRequest(
  { id, secret }: AcrKey,
  action: string,
  parameters: Readonly<Record<string, string>>,
  { scheme = 'V3', method = 'POST', host = 'localhost', at = new Date(), ...more }: Signing = {},
): AcrRequest {
  const { nonce = randomUUID(), version = '2018-12-01', inBody = false } = more
  const time = `${at.toISOString().slice(0, 19)}Z`
  if (scheme === 'V1') {
    const all: Record<string, string> = {
      ...{ Action: action, Version: version, AccessKeyId: id, Format: 'JSON', Timestamp: time, SignatureNonce: nonce },
      ...{ SignatureMethod: 'HMAC-SHA1', SignatureVersion: '1.0', SignatureType: '' },
      ...parameters,
    }
    const text = `${method}&%2F&${encode(sortedForm(all))}`
    const form = formOf({ ...all, Signature: createHmac('sha1', `${secret}&`).update(text).digest('base64') })
    return inBody
      ? { method, path: '/', headers: { host, 'content-type': formType }, body: form }
      : { method, path: `/?${form}`, headers: { host }, body: '' }
  }
  const body = inBody ? formOf(parameters) : ''
  const bodyHash = createHash('sha256').update(body).digest('hex')
  const signed: Record<string, string> = {
    host,
    'x-acs-action': action,
    'x-acs-content-sha256': bodyHash,
    'x-acs-date': time,
    'x-acs-signature-nonce': nonce,
    'x-acs-version': version,
  }
  const names = Object.keys(signed).join(';')
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`)
  const canonical = [method, '/', sortedForm(parameters), lines.join(''), names, bodyHash].join('\n')
  const text = `ACS3-HMAC-SHA256\n${createHash('sha256').update(canonical).digest('hex')}`
  const signature = createHmac('sha256', secret).update(text).digest('hex')
  const authorization = `ACS3-HMAC-SHA256 Credential=${id},SignedHeaders=${names},Signature=${signature}`
  const headers = { ...signed, authorization, ...(inBody && { 'content-type': formType }) }
  return { method, path: inBody ? '/' : `/?${formOf(parameters)}`, headers, body }
}

const formType = 'application/x-www-form-urlencoded'

function encode(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const one = String.fromCharCode(byte)
      return /[A-Za-z0-9._~-]/.test(one) ? one : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

function sortedForm(parameters: Readonly<Record<string, string>>): string {
  const names = Object.keys(parameters).sort()
  return names.map((name) => `${encode(name)}=${encode(parameters[name] ?? '')}`).join('&')
}

/** As browsers and Java write it: unsorted, `+` for a blank. */
function formOf(parameters: Readonly<Record<string, string>>): string {
  return new URLSearchParams(parameters).toString()
}

import { AppError } from '@/lib/domain/errors'

/** The parts of a request that can be signed, as they came. */
export interface RequestParts {
  readonly method: string
  readonly path: string
  /** The parameters of query and body, each once. */
  readonly parameters: ReadonlyMap<string, string>
  readonly headers: SentHeaders
  readonly body: Uint8Array
}

/** The headers of a request as they were sent: none was joined with another one, and none was dropped. */
export class SentHeaders {
  readonly #values = new Map<string, string[]>()

  /** `raw` has names and values by turns. `host` is what the request is for, which an absolute target has replaced. */
  constructor(raw: readonly string[], host: string | undefined) {
    for (let i = 0; i < raw.length; i += 2) {
      const name = (raw[i] ?? '').toLowerCase()
      const value = raw[i + 1] ?? ''
      const before = this.#values.get(name)
      if (before === undefined) this.#values.set(name, [value])
      else before.push(value)
    }
    const sent = this.#values.get('host')
    if (sent?.length === 1 && host !== undefined) sent[0] = host
  }

  /** All names, in lower case. */
  names(): string[] {
    return [...this.#values.keys()]
  }

  /** The value of a header; null when there is none. Throws SIGNATURE_INCOMPLETE when it came twice. */
  find(name: string): string | null {
    const values = this.#values.get(name)
    if (values !== undefined && values.length > 1) throw incomplete(`the header ${name} came twice`)
    return values?.[0] ?? null
  }

  /** The value of a header. Throws SIGNATURE_INCOMPLETE when it is missing, empty, or came twice. */
  require(name: string): string {
    const value = this.find(name)
    if (value === null || value === '') throw incomplete(`the header ${name} is missing`)
    return value
  }
}

/** What one of ACR's signatures says of its request. The parameters and all else that it names are as they were signed. */
export interface RequestSignature {
  readonly accessKeyId: string
  readonly action: string
  readonly version: string
  /** When the request was made, as its client says, in milliseconds. */
  readonly madeAtMs: number
  /** A text that the client sends only once. */
  readonly nonce: string
  /** Whether the signature was made with the secret. Takes the same time wherever it differs. */
  readonly isMadeWith: (secret: string) => boolean
}

/** Longest nonce, in characters: the SDKs send 32 to 55. */
const nonceMax = 128

/** Returns the nonce. Throws SIGNATURE_INCOMPLETE for one that is too long or has other than printable ASCII characters. */
export function checkNonce(nonce: string): string {
  if (nonce.length > nonceMax || !/^[!-~]+$/.test(nonce)) throw incomplete('the signature nonce is not valid')
  return nonce
}

const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

/** The time that a text says, in milliseconds. Throws SIGNATURE_INCOMPLETE for another form than ACR's. */
export function parseTime(text: string): number {
  const ms = timeForm.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(ms)) throw incomplete('the time of the request must have the form YYYY-MM-DDThh:mm:ssZ, in UTC')
  return ms
}

/** The error for a request that is not signed as it must be. `message` says nothing that only the signer may know. */
export function incomplete(message: string): AppError {
  return new AppError('SIGNATURE_INCOMPLETE', { message })
}

import { createHash, createHmac, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { setTimeout } from 'node:timers/promises'

import { SignatureV4 } from '@smithy/signature-v4'

import type { S3Setting } from '@/lib/config-storage'
import { isPassing, S3Error } from './s3-error'

/** How often, and for how long, the client tries. */
export interface Patience {
  /** Most attempts of a request. */
  readonly attempts: number
  /** The wait before the second attempt, doubled before each further one, in milliseconds. */
  readonly firstWaitMs: number
  /** How long a connection may be silent before the attempt has failed, in milliseconds. */
  readonly silenceMs: number
  /** The same while the store completes a multipart upload: some copy all its parts for that. */
  readonly completionMs: number
}

/** Five attempts wait 0.2 + 0.4 + 0.8 + 1.6 seconds: a store that asks to slow down is asked again that much later. */
export const usualPatience: Patience = { attempts: 5, firstWaitMs: 200, silenceMs: 20_000, completionMs: 300_000 }

/** Where the credentials come from, as the AWS SDKs have it. */
export type CredentialSource = NonNullable<ConstructorParameters<typeof SignatureV4>[0]>['credentials']

/** A body of known length and content, which can be sent again. */
export interface Body {
  readonly chunks: readonly Uint8Array[]
  readonly length: number
  /** Hash of the content in hexadecimal; null: it is not signed, because TLS protects it. */
  readonly sha256: string | null
}

/** One request to the bucket. */
export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Without a key, the request is for the bucket. */
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Body
  /** How long the connection may be silent, in milliseconds, if that is another time than usual. */
  readonly silenceMs?: number
}

/** Longest answer that is read into memory, in bytes: a page of a list has less than 1 MiB. */
const answerMaxBytes = 8 * 1024 * 1024

/** How long an address for clients is valid at most, in seconds, and at least: otherwise there is none. */
const addressMaxSeconds = 15 * 60
const addressMinSeconds = 60

const emptySha256 = createHash('sha256').digest('hex')

/**
 * Sends signed requests to one bucket, again after failures that may pass. It streams over Node's own HTTP, because that
 * costs a third of the CPU time of the AWS SDK (docs/decisions/0035-s3.md).
 */
export class S3Client {
  readonly #isSecure: boolean
  readonly #address: URL
  readonly #clientAddress: URL | null
  readonly #basePath: string
  readonly #agent: HttpAgent
  readonly #signer: SignatureV4
  readonly #region: string

  constructor(
    setting: S3Setting,
    private readonly credentials: CredentialSource,
    readonly patience: Patience,
  ) {
    this.#address = addressOfBucket(setting, setting.endpoint)
    this.#clientAddress = setting.clientEndpoint === null ? null : addressOfBucket(setting, setting.clientEndpoint)
    this.#isSecure = this.#address.protocol === 'https:'
    this.#basePath = setting.pathStyle ? `/${setting.bucket}` : ''
    this.#agent = this.#isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
    this.#region = setting.region
    this.#signer = new SignatureV4({
      credentials,
      region: setting.region,
      service: 's3',
      sha256: NodeSha256,
      uriEscapePath: false,
      applyChecksum: false,
    })
  }

  /** Whether bodies must be hashed: over plain HTTP, only the signature protects them. */
  get signsBodies(): boolean {
    return !this.#isSecure
  }

  /** Whether clients may be sent to the store. */
  get isOpenToClients(): boolean {
    return this.#clientAddress !== null
  }

  /**
   * A signed address of an object, with which a client reads it without credentials. Null when clients must not be sent to
   * the store, or when the credentials end too soon: the address ends with them. Throws what the credentials failed with.
   */
  async addressOf(key: string, query: Readonly<Record<string, string>>): Promise<string | null> {
    if (this.#clientAddress === null) return null
    const { protocol, hostname, host } = this.#clientAddress
    const { expiration } = typeof this.credentials === 'function' ? await this.credentials() : this.credentials
    const leftSeconds = expiration === undefined ? Infinity : Math.floor((expiration.getTime() - Date.now()) / 1000)
    if (leftSeconds < addressMinSeconds) return null
    const path = `${this.#basePath}/${key}`
    const headers = { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
    const signed = await this.#signer.presign(
      { method: 'GET', protocol, hostname, path, query: { ...query }, headers },
      { expiresIn: Math.min(addressMaxSeconds, leftSeconds) },
    )
    return `${this.#clientAddress.origin}${path}?${searchOf(signed.query as Record<string, string>)}`
  }

  /** Sends a request and returns the answer with its body unread. Throws an S3Error, or what the connection failed with. */
  async open(request: S3Request): Promise<IncomingMessage> {
    return this.#persist(request, (response) => Promise.resolve(response))
  }

  /** Sends a request and returns the answer's headers and text. Throws like `open`. */
  async send(request: S3Request): Promise<{ headers: IncomingMessage['headers']; text: string }> {
    return this.#persist(request, async (response) => {
      const text = await readText(response)
      // A multipart upload is completed while the connection is kept alive with spaces: a failure comes with 200.
      const code = /^\s*(?:<\?xml[^>]*>\s*)?<Error>/.test(text) ? codeOf(text) : null
      if (code !== null) throw new S3Error(code === 'InternalError' ? 500 : 400, code, describe(request))
      return { headers: response.headers, text }
    })
  }

  async #persist<T>(request: S3Request, use: (response: IncomingMessage) => Promise<T>): Promise<T> {
    const { attempts, firstWaitMs } = this.patience
    for (let attempt = 1; ; attempt++) {
      try {
        return await use(await this.#attempt(request))
      } catch (error) {
        if (attempt >= attempts || !isPassing(error)) throw error
      }
      // A random part, so that not all who were refused come back at the same moment.
      await setTimeout(firstWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random()))
    }
  }

  async #attempt(request: S3Request): Promise<IncomingMessage> {
    const path = `${this.#basePath}${request.key === undefined ? '' : `/${request.key}`}` || '/'
    const query = { ...request.query }
    const length = request.body?.length ?? 0
    const signed = await this.#signer.sign({
      method: request.method,
      protocol: this.#address.protocol,
      hostname: this.#address.hostname,
      path,
      query,
      headers: {
        ...request.headers,
        host: this.#address.host,
        'x-amz-content-sha256': request.body === undefined ? emptySha256 : (request.body.sha256 ?? 'UNSIGNED-PAYLOAD'),
        ...((request.method === 'PUT' || request.method === 'POST') && { 'content-length': String(length) }),
      },
    })
    const search = searchOf(query)
    const { silenceMs = this.patience.silenceMs } = request
    const send = this.#isSecure ? requestHttps : requestHttp
    const sent = send(this.#address, {
      agent: this.#agent,
      method: request.method,
      path: search === '' ? path : `${path}?${search}`,
      headers: signed.headers,
      timeout: silenceMs,
    })
    try {
      const response = await exchange(sent, request.body, silenceMs)
      const { statusCode = 0 } = response
      if (statusCode >= 200 && statusCode < 300) {
        // Then it has not seen all that it says it has.
        if (!sent.writableFinished) throw new Error(`the S3 store answered before it had all of ${describe(request)}`)
        return response
      }
      const text = await readText(response)
      const region = response.headers['x-amz-bucket-region']
      const hint = region === undefined || region === this.#region ? '' : `: the bucket is in ${String(region)}`
      throw new S3Error(statusCode, codeOf(text) ?? '', `${describe(request)}${hint}`)
    } catch (error) {
      sent.destroy()
      throw error
    }
  }
}

/** The address of the bucket at an endpoint: with its name in the host, or else without it. */
function addressOfBucket({ pathStyle, bucket }: S3Setting, endpoint: string): URL {
  const address = new URL(endpoint)
  return pathStyle ? address : new URL(`${address.protocol}//${bucket}.${address.host}`)
}

function searchOf(query: Readonly<Record<string, string>>): string {
  return new URLSearchParams(query).toString().replaceAll('+', '%20')
}

/** Sends the body and waits for the head of the answer. Once it is there, the silence of the connection is the reader's. */
async function exchange(sent: ClientRequest, body: Body | undefined, silenceMs: number): Promise<IncomingMessage> {
  // Unhandled, one that comes after the answer would end the process.
  sent.on('error', () => undefined)
  const onTimeout = () => sent.destroy(new Error(`the S3 store was silent for ${silenceMs} ms`))
  sent.on('timeout', onTimeout)
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>
  if (body !== undefined) for (const chunk of body.chunks) sent.write(chunk)
  sent.end()
  const [response] = await answered
  sent.off('timeout', onTimeout)
  response.on('error', () => undefined)
  return response
}

/** Reads a short answer to its end. Throws when it breaks off. */
async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  const onTimeout = () => response.destroy(new Error('the S3 store stopped in the middle of an answer'))
  const { socket } = response
  socket.once('timeout', onTimeout)
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.byteLength
      if (length > answerMaxBytes) throw new Error('the S3 store sent an answer that is too long')
      chunks.push(chunk)
    }
  } finally {
    socket.off('timeout', onTimeout)
  }
  return Buffer.concat(chunks).toString()
}

function codeOf(xml: string): string | null {
  return /<Code>([^<]*)<\/Code>/.exec(xml)?.[1] ?? null
}

function describe({ method, key, query = {} }: S3Request): string {
  const names = Object.keys(query)
  return `${method} ${key ?? 'the bucket'}${names.length === 0 ? '' : ` (${names.join(', ')})`}`
}

/** The hash that the signer works with. */
class NodeSha256 {
  readonly #hash: Hash | ReturnType<typeof createHmac>

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(secret))
  }

  update(data: Uint8Array): void {
    this.#hash.update(data)
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }

  reset(): void {
    throw new Error('a hash is used once')
  }
}

function keyOf(secret: string | ArrayBuffer | ArrayBufferView): string | Buffer {
  if (typeof secret === 'string') return secret
  return ArrayBuffer.isView(secret)
    ? Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength)
    : Buffer.from(secret)
}

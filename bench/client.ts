import { createHash } from 'node:crypto'
import { type Socket, connect } from 'node:net'
import type { Registry } from './registries'

/** Media type of the manifests measured. */
const manifestType = 'application/vnd.oci.image.manifest.v1+json'

/** The bytes that are sent repeatedly: the content of every blob. */
const chunk = Buffer.alloc(1024 * 1024, 'stele')

const receiveBytes = 256 * 1024

/** The head of a response. Its body was read and discarded. */
export interface Answer {
  readonly status: number
  header(name: string): string
}

/** A request. `body` is bytes, or the number of bytes of blob content to send. */
export interface Request {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT'
  readonly path: string
  readonly body?: Buffer | number
}

/**
 * One keep-alive connection to a registry, for one request at a time. It uses a plain socket that reads into one
 * buffer, because Node's own client needs as much CPU as a registry and shares the cores with it.
 */
export class Connection {
  readonly #registry: Registry
  readonly #socket: Socket
  readonly #heads = new Map<string, string>()
  #pending: Pending | null = null

  constructor(registry: Registry) {
    this.#registry = registry
    const buffer = Buffer.allocUnsafeSlow(receiveBytes)
    this.#socket = connect({
      host: '127.0.0.1',
      port: registry.port,
      onread: { buffer, callback: (length) => this.#receive(buffer, length) },
    })
    this.#socket.setNoDelay(true)
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error(`${registry.name} closed the connection`)))
  }

  /** Sends a request and reads its response. Rejects unless the response is a success and complete. */
  send(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#pending = { request, resolve, reject, head: '', bodyLeft: -1 }
      const { body } = request
      this.#socket.write(this.#head(request))
      if (typeof body === 'number') this.#writeBlob(body)
      else if (body !== undefined) this.#socket.write(body)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #head({ method, path, body = 0 }: Request): string {
    const length = typeof body === 'number' ? body : body.length
    const key = `${method} ${path} ${length}`
    const known = this.#heads.get(key)
    if (known !== undefined) return known
    const headers = {
      host: `127.0.0.1:${this.#registry.port}`,
      accept: manifestType,
      'content-type': path.includes('/manifests/') ? manifestType : 'application/octet-stream',
      'content-length': length,
      ...this.#registry.headers,
    }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const head = `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
    // Keeps only the head of the last request, for repeated requests.
    this.#heads.clear()
    this.#heads.set(key, head)
    return head
  }

  #writeBlob(left: number): void {
    if (left === 0) return
    const part = left < chunk.length ? chunk.subarray(0, left) : chunk
    this.#socket.write(part, (error) => {
      if (!error) this.#writeBlob(left - part.length)
    })
  }

  #receive(buffer: Buffer, length: number): boolean {
    const pending = this.#pending
    if (pending === null) return true
    if (pending.bodyLeft >= 0) {
      pending.bodyLeft -= length
    } else {
      pending.head += buffer.toString('latin1', 0, length)
      const end = pending.head.indexOf('\r\n\r\n')
      if (end < 0) return true
      const bodyStarted = pending.head.length - end - 4
      pending.head = pending.head.slice(0, end)
      pending.bodyLeft = bodyLength(pending) - bodyStarted
    }
    if (pending.bodyLeft === 0) this.#finish(pending)
    // Below zero if the response is longer than declared; not a number if it declared no length.
    else if (!(pending.bodyLeft > 0)) this.#fail(new Error(`not understood: ${pending.head}`))
    return true
  }

  #finish({ request, head, resolve, reject }: Pending): void {
    this.#pending = null
    const status = Number(head.slice(9, 12))
    if (status < 300) resolve({ status, header: (name) => headerOf(head, name) })
    else reject(new Error(`${this.#registry.name}: ${request.method} ${request.path} answered ${status}`))
  }

  #fail(error: Error): void {
    this.#pending?.reject(error)
    this.#pending = null
  }
}

interface Pending {
  readonly request: Request
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
  head: string
  /** Missing bytes of the body; -1 while the head is incomplete. */
  bodyLeft: number
}

function bodyLength({ request, head }: Pending): number {
  return request.method === 'HEAD' ? 0 : Number(headerOf(head, 'content-length') || NaN)
}

/** The value of a header; empty if there is none. */
function headerOf(head: string, name: string): string {
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''
}

/** Runs `work` on `count` connections in parallel. */
export async function onConnections<T>(
  registry: Registry,
  count: number,
  work: (connection: Connection, index: number) => Promise<T>,
): Promise<T[]> {
  const connections = Array.from({ length: count }, () => new Connection(registry))
  try {
    return await Promise.all(connections.map(work))
  } finally {
    for (const connection of connections) connection.close()
  }
}

/** Pushes a blob of `bytes` bytes in one PUT; returns its digest. */
export async function pushBlob(connection: Connection, repository: string, bytes: number): Promise<string> {
  const digest = digestOfLength(bytes)
  const started = await connection.send({ method: 'POST', path: `/v2/${repository}/blobs/uploads/` })
  const location = new URL(started.header('location'), 'http://registry')
  location.searchParams.set('digest', digest)
  await connection.send({ method: 'PUT', path: location.pathname + location.search, body: bytes })
  return digest
}

const digests = new Map<number, string>()

/** The last computed hash, of the first `length` bytes. */
let longest = { length: 0, hash: createHash('sha256') }

/**
 * The digest of a blob with this length. It is computed before the measurement; when lengths grow, it continues from
 * the last hash.
 */
export function digestOfLength(length: number): string {
  const known = digests.get(length)
  if (known !== undefined) return known
  if (longest.length > length) longest = { length: 0, hash: createHash('sha256') }
  const { hash } = longest
  for (let done = longest.length; done < length;) {
    const start = done % chunk.length
    const part = chunk.subarray(start, start + length - done)
    hash.update(part)
    done += part.length
  }
  longest = { length, hash: hash.copy() }
  const digest = `sha256:${hash.digest('hex')}`
  digests.set(length, digest)
  return digest
}

/** A small image manifest with `content` and one blob of the repository. */
export function manifestOf(config: string, size: number, content: string): Buffer {
  const blob = { digest: config, size }
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...blob },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...blob }],
      annotations: { content },
    }),
  )
}

import { createHash } from 'node:crypto'
import { type Socket, connect } from 'node:net'
import type { Registry } from './registries'

/** Media type of the manifests measured. */
const manifestType = 'application/vnd.oci.image.manifest.v1+json'

/** How many bytes are sent at a time, again and again: the content of every blob. */
const chunk = Buffer.alloc(1024 * 1024, 'stele')

const receiveBytes = 256 * 1024

/** An answer's head. Its body was read and thrown away. */
export interface Answer {
  readonly status: number
  header(name: string): string
}

/** A request: `body` is bytes, or how many bytes of the content of every blob. */
export interface Request {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT'
  readonly path: string
  readonly body?: Buffer | number
}

/**
 * One keep-alive connection to a registry, for one request at a time. Plain sockets that read into one buffer, because
 * Node's own client costs as much as a registry does, and shares its cores.
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

  /** Sends a request and reads its answer. Rejects unless that is a success and whole. */
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
    // Only what is asked again and again: the one of the last request.
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
    // Below zero where the answer is longer than it said; not a number where it did not say.
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
  /** Bytes of the body that have not come yet; -1 while the head is not whole. */
  bodyLeft: number
}

function bodyLength({ request, head }: Pending): number {
  return request.method === 'HEAD' ? 0 : Number(headerOf(head, 'content-length') || NaN)
}

/** A header's value; empty where there is none. */
function headerOf(head: string, name: string): string {
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''
}

/** Runs `work` on `count` connections at once. */
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

/** Pushes a blob of the first `bytes` bytes of the content of every blob, in one PUT; answers its digest. */
export async function pushBlob(connection: Connection, repository: string, bytes: number): Promise<string> {
  const digest = digestOfLength(bytes)
  const started = await connection.send({ method: 'POST', path: `/v2/${repository}/blobs/uploads/` })
  const location = new URL(started.header('location'), 'http://registry')
  location.searchParams.set('digest', digest)
  await connection.send({ method: 'PUT', path: location.pathname + location.search, body: bytes })
  return digest
}

const digests = new Map<number, string>()

/** The hash of the first `length` bytes that was computed last. */
let longest = { length: 0, hash: createHash('sha256') }

/**
 * The digest of a blob of this length. Made before anything is measured: where lengths grow, by going on from the one
 * before.
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

/** A small image manifest that says `content`, of one repository's blob. */
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

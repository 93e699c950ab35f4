import { type Socket, connect } from 'node:net'
import { chunk, digestOfLength, manifestType } from './content'
import type { Registry } from './registry'

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
  readonly #port: number
  readonly #socket: Socket
  readonly #heads = new Map<string, string>()
  #pending: Pending | null = null
  /** Length of the last answer, with its head. */
  #lastBytes = 0
  /** Length of an answer that `repeat` takes for the same as the last one; -1 outside of it. */
  #expectedBytes = -1

  /** To one of the registry's servers: connections with numbers in a row go to different ones. */
  constructor(registry: Registry, number = 0) {
    this.#registry = registry
    this.#port = registry.ports[number % registry.ports.length] ?? registry.port
    const buffer = Buffer.allocUnsafeSlow(receiveBytes)
    this.#socket = connect({
      host: '127.0.0.1',
      port: this.#port,
      onread: { buffer, callback: (length) => this.#receive(buffer, length) },
    })
    this.#socket.setNoDelay(true)
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error(`${registry.name} closed the connection`)))
  }

  /** Sends a request and reads its response. Rejects unless the response is a success and complete. */
  send(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#pending = { request, resolve, reject, head: '', bytes: 0, bodyLeft: -1 }
      const { body } = request
      this.#socket.write(this.#head(request))
      if (typeof body === 'number') this.#writeBlob(body)
      else if (body !== undefined) this.#socket.write(body)
    })
  }

  /**
   * Sends the request again and again until the time `end`; resolves with how often. It costs the client a third of
   * `send`: an answer as long as the first one, in one piece and with the same status, is not parsed.
   */
  async repeat(request: Request, end: number): Promise<number> {
    await this.send(request)
    const head = this.#head(request)
    return new Promise((resolve, reject) => {
      let count = 0
      const next = () => {
        count += 1
        if (performance.now() < end) {
          this.#write(head, request, next, reject)
          return
        }
        this.#expectedBytes = -1
        resolve(count)
      }
      this.#expectedBytes = this.#lastBytes
      this.#write(head, request, next, reject)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #write(head: string, request: Request, resolve: () => void, reject: (error: Error) => void): void {
    this.#pending = { request, resolve, reject, head: '', bytes: 0, bodyLeft: -1 }
    this.#socket.write(head, 'latin1')
  }

  #head({ method, path, body = 0 }: Request): string {
    const length = typeof body === 'number' ? body : body.length
    const key = `${method} ${path} ${length}`
    const known = this.#heads.get(key)
    if (known !== undefined) return known
    const headers = {
      host: `127.0.0.1:${this.#port}`,
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
    if (length === this.#expectedBytes && pending.bytes === 0 && isSuccess(buffer)) {
      this.#pending = null
      pending.resolve(emptyAnswer)
      return true
    }
    pending.bytes += length
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

  #finish({ request, head, bytes, resolve, reject }: Pending): void {
    this.#pending = null
    this.#lastBytes = bytes
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
  /** Received bytes, with the head. */
  bytes: number
  /** Missing bytes of the body; -1 while the head is incomplete. */
  bodyLeft: number
}

const emptyAnswer: Answer = { status: 200, header: () => '' }

/** Whether a response starts with `HTTP/1.1 2`. */
function isSuccess(buffer: Buffer): boolean {
  return buffer[0] === 0x48 && buffer[9] === 0x32
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
  const connections = Array.from({ length: count }, (_, number) => new Connection(registry, number))
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

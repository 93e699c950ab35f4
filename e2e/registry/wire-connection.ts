import { connect, type Socket } from 'node:net'

/** A whole answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number
  /** Values by name in lower case, in their order. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: Buffer
}

const headEnd = '\r\n\r\n'

/**
 * A connection that writes bytes as they are and reads answers one by one: for requests that no HTTP client would send.
 * It is strict: an answer that is not HTTP rejects the read.
 */
export class WireConnection {
  readonly #socket: Socket
  #received = Buffer.alloc(0)
  #isEnded = false
  #wake: () => void = () => {}

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    // A reset ends it like any other end: what was received until then may still be an answer.
    socket.on('error', () => undefined)
    socket.once('close', () => this.#end()).once('end', () => this.#end())
  }

  static open(port: number): Promise<WireConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new WireConnection(socket))
      })
    })
  }

  /** Whether the server has not closed it. */
  get isOpen(): boolean {
    return !this.#isEnded
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** Says that nothing more is sent; answers can still be read. */
  endWriting(): void {
    this.#socket.end()
  }

  /** Hangs up without a word. */
  destroy(): void {
    this.#socket.destroy()
  }

  /** The next answer, past interim ones; null when the connection ends before one begins. Rejects after `timeoutMs`. */
  async read(isToHead: boolean, timeoutMs: number): Promise<WireAnswer | null> {
    const deadline = performance.now() + timeoutMs
    for (;;) {
      const parsed = parseAnswer(this.#received, isToHead, this.#isEnded)
      if (parsed !== null) {
        this.#received = this.#received.subarray(parsed.length)
        if (parsed.answer.status < 200) continue
        return parsed.answer
      }
      if (this.#isEnded) {
        if (this.#received.length > 0) throw new Error(`a broken answer: ${this.#received.toString('latin1')}`)
        return null
      }
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) throw new Error(`no answer within ${timeoutMs} ms`)
      await this.#somethingNew(leftMs)
    }
  }

  #somethingNew(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #end(): void {
    this.#isEnded = true
    this.#wake()
  }
}

/** The answer at the start of `bytes` and how long it is; null when more has to come. */
function parseAnswer(
  bytes: Buffer,
  isToHead: boolean,
  isEnded: boolean,
): { answer: WireAnswer; length: number } | null {
  const end = bytes.indexOf(headEnd)
  if (end < 0) return null
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = Number(/^HTTP\/1\.1 ([1-5][0-9]{2}) /.exec(statusLine)?.[1])
  if (!Number.isInteger(status)) throw new Error(`not a status line: ${statusLine}`)
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const match = /^([^\s:]+):[ \t]*(.*)$/.exec(line)
    if (match === null) throw new Error(`not a header: ${line}`)
    const name = (match[1] ?? '').toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), match[2] ?? ''])
  }
  const start = end + headEnd.length
  const whole = (body: Buffer, length: number) => ({ answer: { status, headers, body }, length: start + length })
  if (isToHead || status < 200 || status === 204 || status === 304) return whole(Buffer.alloc(0), 0)
  const rest = bytes.subarray(start)
  if (headers.has('transfer-encoding')) {
    const chunked = parseChunks(rest)
    return chunked === null ? null : whole(chunked.body, chunked.length)
  }
  const length = headers.get('content-length')?.[0]
  if (length !== undefined)
    return rest.length < Number(length) ? null : whole(rest.subarray(0, Number(length)), Number(length))
  return isEnded ? whole(rest, rest.length) : null
}

function parseChunks(bytes: Buffer): { body: Buffer; length: number } | null {
  const chunks: Buffer[] = []
  let position = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', position)
    if (lineEnd < 0) return null
    const size = Number.parseInt(bytes.toString('latin1', position, lineEnd), 16)
    if (!(size >= 0)) throw new Error(`not a chunk: ${bytes.toString('latin1', position, lineEnd)}`)
    const next = lineEnd + 2 + size + 2
    if (bytes.length < next) return null
    if (size === 0) return { body: Buffer.concat(chunks), length: next }
    chunks.push(bytes.subarray(lineEnd + 2, next - 2))
    position = next
  }
}

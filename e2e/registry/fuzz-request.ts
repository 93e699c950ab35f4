import { basic } from '../api'
import type { ServerInfo } from '../server'

/** How a request says where its body ends, and whether that is true. */
export type Framing =
  | { readonly kind: 'exact' }
  /** In chunks of at most so many bytes. */
  | { readonly kind: 'chunked'; readonly pieceBytes: number }
  /** No word about a body, and none. */
  | { readonly kind: 'none' }
  /** More is promised than comes; then the client says that nothing more comes, or hangs up. */
  | { readonly kind: 'short' | 'abort'; readonly missingBytes: number }
  /** Less is promised than comes: the rest looks like the next request. */
  | { readonly kind: 'long'; readonly promisedBytes: number }
  /** Chunks whose second has no size; lengths that contradict each other. No request that HTTP knows. */
  | { readonly kind: 'bad chunk' | 'two lengths' | 'chunked with length' }

/** A request of the fuzzer's, before it is bytes. */
export interface FuzzRequest {
  readonly method: string
  /** Path and query as they go over the wire. */
  readonly target: string
  readonly version: string
  /** Besides Host and Authorization, which come by themselves unless they are among these. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
  readonly framing: Framing
  /** HTTP itself forbids it: it may be refused before it gets to `/v2`, and end the connection. */
  readonly isMalformed: boolean
  /** It was changed from what a client would send, so what it is answered cannot be told in advance. */
  readonly isAltered: boolean
}

const methodsWithBody = new Set(['POST', 'PUT', 'PATCH'])

/** The bytes of a request by the administrator. */
export function bytesOf(request: FuzzRequest, server: ServerInfo): Buffer {
  const given = new Set(request.headers.map(([name]) => name.toLowerCase()))
  const framed = frame(request)
  const headers = [
    ...(given.has('host') ? [] : [['Host', server.registry]]),
    ...(given.has('authorization') ? [] : [['Authorization', basic(server.admin.name, server.admin.password)]]),
    ...request.headers,
    ...framed.headers,
  ]
  const lines = [
    `${request.method} ${request.target} ${request.version}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), framed.body])
}

/** The body as the server gets it; null when it never gets all of it. */
export function bodySeen({ body, framing }: FuzzRequest): Buffer | null {
  switch (framing.kind) {
    case 'exact':
    case 'chunked':
      return body
    case 'none':
      return Buffer.alloc(0)
    case 'long':
      return body.subarray(0, framing.promisedBytes)
    case 'short':
    case 'abort':
    case 'bad chunk':
    case 'two lengths':
    case 'chunked with length':
      return null
  }
}

/** A line for a shell that sends these bytes again. */
export function commandFor(bytes: Buffer, port: number): string {
  const escaped = [...bytes]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      if (byte === 13) return '\\r'
      if (byte === 10) return '\\n'
      if (byte < 32 || byte > 126 || /[\\'%]/.test(character)) return `\\x${byte.toString(16).padStart(2, '0')}`
      return character
    })
    .join('')
  return `printf '${escaped}' | nc -N 127.0.0.1 ${port}`
}

interface Framed {
  readonly headers: readonly [string, string][]
  readonly body: Buffer
}

function frame({ method, body, framing }: FuzzRequest): Framed {
  const chunked: [string, string] = ['Transfer-Encoding', 'chunked']
  const length = (bytes: number): [string, string] => ['Content-Length', String(bytes)]
  switch (framing.kind) {
    case 'none':
      return { headers: [], body: Buffer.alloc(0) }
    case 'exact':
      return { headers: body.length > 0 || methodsWithBody.has(method) ? [length(body.length)] : [], body }
    case 'chunked':
      return { headers: [chunked], body: Buffer.concat([...chunksOf(body, framing.pieceBytes), lastChunk]) }
    case 'short':
    case 'abort':
      return { headers: [length(body.length + framing.missingBytes)], body }
    case 'long':
      return { headers: [length(Math.min(body.length, framing.promisedBytes))], body }
    case 'bad chunk':
      return { headers: [chunked], body: Buffer.concat([...chunksOf(body, body.length), Buffer.from('no size\r\n')]) }
    case 'two lengths':
      return { headers: [length(body.length), length(body.length + 1)], body }
    case 'chunked with length':
      return { headers: [length(body.length), chunked], body: Buffer.concat([...chunksOf(body, 7), lastChunk]) }
  }
}

const lastChunk = Buffer.from('0\r\n\r\n')

function chunksOf(body: Buffer, pieceBytes: number): Buffer[] {
  const chunks: Buffer[] = []
  for (let start = 0; start < body.length; start += pieceBytes) {
    const piece = body.subarray(start, start + pieceBytes)
    chunks.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
  }
  return chunks
}

import { type Server, STATUS_CODES, createServer } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from '@/lib/log'
import { continueInOrder } from './continue-in-order'

/** The limits of a connection, in milliseconds and bytes. */
export interface HttpLimits {
  /** Time for a complete request head, from the connection or the end of its previous request. */
  readonly headMs: number
  /** Longest silence in the middle of a request. A body may take any time in total. */
  readonly idleMs: number
  /** How long a connection waits for its next request. */
  readonly keepAliveMs: number
  /** Longest head of a request: its first line and all headers. */
  readonly headBytes: number
  /** How often connections are checked for late heads. */
  readonly checkMs: number
}

/**
 * The limits in production. Connections are kept longer than most proxies keep theirs, so that the proxy closes them.
 */
const httpLimits: HttpLimits = {
  headMs: 20_000,
  idleMs: 120_000,
  keepAliveMs: 65_000,
  headBytes: 16 * 1024,
  checkMs: 5_000,
}

/** Responses to requests that could not be read, by Node's error code. */
const refusals: Readonly<Record<string, readonly [status: number, text: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The head of the request took too long.'],
  HPE_HEADER_OVERFLOW: [431, 'The head of the request is too long.'],
}

/** Creates the server. It refuses requests that are too slow, too long or not HTTP, and logs that. */
export function createHttpServer(log: Logger, limits: HttpLimits = httpLimits): Server {
  const server = createServer({
    headersTimeout: limits.headMs,
    // A body may take any time while its bytes flow.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveMs,
    maxHeaderSize: limits.headBytes,
    connectionsCheckingInterval: limits.checkMs,
  })
  server.timeout = limits.idleMs
  continueInOrder(server)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const [status, text] = refusals[error.code ?? ''] ?? [400, 'This is not an HTTP request.']
    // A client that disconnected in the middle of a request already has a log line for the request.
    if (error.code !== 'HPE_INVALID_EOF_STATE') {
      log.info({ status, reason: error.code, address: socket.remoteAddress }, 'a request could not be read')
    }
    if (isAnswering(socket)) socket.destroy()
    else socket.end(refusal(status, text))
  })
  return server
}

/**
 * Whether the head of a response was sent on the connection: another one would look like its body. As Node tests it.
 */
function isAnswering(socket: Socket): boolean {
  return (socket as { _httpMessage?: { headersSent?: boolean } | null })._httpMessage?.headersSent === true
}

function refusal(status: number, text: string): string {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n`
  return `${head}Content-Length: ${text.length + 1}\r\n\r\n${text}\n`
}

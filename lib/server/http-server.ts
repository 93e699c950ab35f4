import { type Server, STATUS_CODES, createServer } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from '@/lib/log'
import { continueInOrder } from './continue-in-order'

/** What a connection may take of the server, in milliseconds and bytes. */
export interface HttpLimits {
  /** From the connection, or the end of its last request, to the whole head of a request once that has begun. */
  readonly headMs: number
  /** Longest silence in the middle of a request. A body may take any time in all. */
  readonly idleMs: number
  /** How long a connection waits for its next request. */
  readonly keepAliveMs: number
  /** Longest head of a request: its first line and all headers. */
  readonly headBytes: number
  /** How often connections are looked at whose head is late. */
  readonly checkMs: number
}

/** The limits of production. Connections are kept longer than proxies keep theirs, as a rule: the proxy ends them. */
const httpLimits: HttpLimits = {
  headMs: 20_000,
  idleMs: 120_000,
  keepAliveMs: 65_000,
  headBytes: 16 * 1024,
  checkMs: 5_000,
}

/** What is said to a client whose request could not even be read, by Node's code of the failure. */
const refusals: Readonly<Record<string, readonly [status: number, text: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The head of the request took too long.'],
  HPE_HEADER_OVERFLOW: [431, 'The head of the request is too long.'],
}

/** Makes the server, which refuses by itself what is too slow, too long or no HTTP. Refusals are logged. */
export function createHttpServer(log: Logger, limits: HttpLimits = httpLimits): Server {
  const server = createServer({
    headersTimeout: limits.headMs,
    // A body may take as long as its bytes flow.
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
    // A client that left in the middle has its line as a request.
    if (error.code !== 'HPE_INVALID_EOF_STATE') {
      log.info({ status, reason: error.code, address: socket.remoteAddress }, 'a request could not be read')
    }
    if (isAnswering(socket)) socket.destroy()
    else socket.end(refusal(status, text))
  })
  return server
}

/** Whether the head of an answer is out on the connection: another one would look like its body. Node's own test. */
function isAnswering(socket: Socket): boolean {
  return (socket as { _httpMessage?: { headersSent?: boolean } | null })._httpMessage?.headersSent === true
}

function refusal(status: number, text: string): string {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n`
  return `${head}Content-Length: ${text.length + 1}\r\n\r\n${text}\n`
}

import { randomUUID } from 'node:crypto'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { Socket } from 'node:net'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import type { Logger } from '@/lib/log'
import { continueInOrder } from './continue-in-order'
import { doorOf } from './exchange'
import { refusalText, refuse } from './refuse'
import { readTarget } from './request-target'

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

/** What is answered to a request that could not even be read, by Node's code of the failure. */
const refusals: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
  HPE_HEADER_OVERFLOW: 'HEAD_TOO_LARGE',
}

/** All methods of the doors: a tunnel is for none of their paths. */
const otherMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

/** How long a client that was refused may keep its side of the connection open, in milliseconds. */
const lingerMs = 3_000

/** Makes the server, which refuses by itself what is too slow, too long or no HTTP. Refusals are logged. */
export function createHttpServer(log: Logger, limits: HttpLimits = httpLimits): Server {
  const server = createServer({
    headersTimeout: limits.headMs,
    // A body may take any time while its bytes flow.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveMs,
    maxHeaderSize: limits.headBytes,
    connectionsCheckingInterval: limits.checkMs,
    // The doors refuse a request without one: Node would answer with an empty body.
    requireHostHeader: false,
  })
  server.timeout = limits.idleMs
  // Node would hide the headers after the first thousand, the length of the body among them. The head's length is limited.
  server.maxHeadersCount = 0
  for (const event of ['request', 'checkContinue', 'checkExpectation']) server.on(event, readTarget)
  continueInOrder(server)
  server.on('clientError', (error: UnreadableRequest, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const answer = currentAnswer(socket)
    // The address of the request whose body is being read, or what can be seen of a new one.
    const url = answer?.req.url ?? addressIn(error.rawPacket)
    const refusal = refusalOf(error)
    const requestId = randomUUID()
    // A client that left in the middle has its line as a request.
    if (error.code !== 'HPE_INVALID_EOF_STATE') {
      const { status } = refusal
      log.info({ requestId, status, reason: error.code, address: socket.remoteAddress }, 'a request could not be read')
    }
    // Another head would look like the body of the answer whose head is out.
    if (answer?.headersSent === true) socket.destroy()
    else socket.end(refusalText(url, refusal, requestId))
  })
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    // Node has let go of the connection: nobody else waits for its end, or hears of its failure.
    socket.on('error', () => socket.destroy()).setTimeout(lingerMs, () => socket.destroy())
    const requestId = randomUUID()
    const refusal = new AppError('METHOD_NOT_ALLOWED', { headers: { Allow: otherMethods } })
    const { status } = refusal
    log.info({ requestId, status, reason: 'CONNECT', address: socket.remoteAddress }, 'a request was refused')
    socket.end(refusalText(request.url ?? null, refusal, requestId))
  })
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const requestId = randomUUID()
    const refusal = new AppError('EXPECTATION_FAILED')
    const { status, code } = refusal
    log.info({ requestId, status, reason: code, address: request.socket.remoteAddress }, 'a request was refused')
    refuse({ door: doorOf(request), request, response, requestId }, refusal)
  })
  return server
}

/** A failure to read a request, with the bytes in which it was found. */
interface UnreadableRequest extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer
}

function refusalOf({ code = '' }: UnreadableRequest): AppError {
  const known = refusals[code]
  return known === undefined
    ? new AppError('BAD_REQUEST', { message: 'this is not an HTTP request' })
    : new AppError(known)
}

/** The answer that the connection owes. Node's own test for it. */
function currentAnswer(socket: Socket): ServerResponse | null {
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? null
}

/** The first path in the first line of `bytes`, whatever else is wrong with that line; null when there is none. */
function addressIn(bytes: Buffer | undefined): string | null {
  return /^(?:[^\r\n/]* )?(?:https?:\/\/[^\s/]*)?(\/\S*)/i.exec(bytes?.toString('latin1') ?? '')?.[1] ?? null
}

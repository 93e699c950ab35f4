import {
  Agent,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
  request as sendRequest,
} from 'node:http'
import type { Client } from '@/lib/auth/client'
import { AppError } from '@/lib/domain/errors'
import { endWhenSent } from '@/lib/http/send-refusal'
import { askForBody, holdContinue, waitsForContinue } from '@/lib/server/continue-in-order'
import { discardRest } from '@/lib/server/discard-rest'
import { refuseExchange } from '@/lib/server/doors'
import type { Exchange } from '@/lib/server/exchange'
import { setSecurityHeaders } from '@/lib/server/security-headers'

/**
 * Tells the main process who sent a relayed request, and whether the client waits for 100 Continue. It is believed on the
 * socket of the processes only, which nobody else can open.
 */
const clientHeader = 'x-stele-relayed-for'

/** What it says of a client that waits for 100 Continue. */
const waits = 'waits'

/**
 * Headers of one connection, which are not passed on (RFC 9110, section 7.6.1); nor is the announcement of trailers, which
 * are not either. Node would close the connection of a request with `Expect` after a refusal, at once.
 */
const ofConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'te',
  'trailer',
  'transfer-encoding',
  'expect',
])

/** How long a request waits for the main process to start again, in milliseconds. */
const restartMaxMs = 30_000

/** Longest answer that is sent in one piece, in bytes: each piece costs a call of the system. */
const wholeMaxBytes = 64 * 1024

/** How often a waiting request tries again, in milliseconds. */
const retryMs = 50

/** Has the main process answer requests, over its socket. */
export class Relay {
  readonly #socketPath: string
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 64 })

  readonly #waitMaxMs: number

  /** `socketPath` is where the main process listens. A request waits `waitMaxMs` at most for it to start again. */
  constructor(socketPath: string, waitMaxMs = restartMaxMs) {
    this.#socketPath = socketPath
    this.#waitMaxMs = waitMaxMs
  }

  /**
   * Passes a request and its answer on, neither of them read completely at any time. While the main process is gone, the
   * request waits for the next one, and is refused when none comes; when it goes in the middle, the connection of the
   * client is closed, as its own end would do: whether the request was carried out is not known.
   */
  pass(exchange: Exchange, client: Client): void {
    this.#send(exchange, client, performance.now() + this.#waitMaxMs)
  }

  /** Closes the connections that are not in use. */
  close(): void {
    this.#agent.destroy()
  }

  #send(exchange: Exchange, client: Client, deadline: number): void {
    const { request, response } = exchange
    if (response.destroyed) return
    const sent = sendRequest({
      socketPath: this.#socketPath,
      agent: this.#agent,
      method: request.method,
      path: request.url,
      headers: headersOf(request, client),
    })
    let answer: IncomingMessage | null = null
    // Nothing comes before the client was asked.
    let mayBodyCome = !waitsForContinue(request)
    const leave = () => sent.destroy()
    response.once('close', leave)
    sent.once('socket', (socket) => {
      const start = () => {
        exchange.isPassedOn = true
        if (!mayBodyCome) sent.flushHeaders()
        else if (hasBody(request)) request.pipe(sent)
        else sent.end()
      }
      if (socket.connecting) socket.once('connect', start)
      else start()
    })
    sent.once('continue', () => {
      mayBodyCome = true
      askForBody(request)
      request.pipe(sent)
    })
    sent.once('response', (given) => {
      answer = given
      passAnswer(given, exchange, mayBodyCome)
    })
    sent.on('error', () => {
      response.off('close', leave)
      // After the answer, only the rest of a body that nobody wants can fail.
      if (response.destroyed || answer?.complete === true) return
      const isConnected = exchange.isPassedOn
      // The main process logs what it has begun to answer, and nothing else that it leaves.
      exchange.isPassedOn = answer !== null
      if (isConnected) response.destroy()
      else if (performance.now() < deadline) setTimeout(() => this.#send(exchange, client, deadline), retryMs)
      else {
        setSecurityHeaders(response, exchange.door, client)
        refuseExchange(exchange, new AppError('UNAVAILABLE'))
      }
    })
  }
}

/** Takes the requests that readers relay: `listener` asks for the body of a client that waits for 100 Continue. */
export function takeRelayed(listener: RequestListener): RequestListener {
  return (request, response) => {
    if (String(request.headers[clientHeader]).endsWith(` ${waits}`)) holdContinue(request, response)
    listener(request, response)
  }
}

/** Returns the client of a request that another process of this server relayed. */
export function readRelayedClient(request: IncomingMessage): Client {
  const [address = '', scheme = ''] = String(request.headers[clientHeader] ?? '').split(' ')
  return { address, isSecure: scheme === 'https' }
}

/** The request's headers as they came, in pairs: the main process judges those that occur twice. */
function headersOf(request: IncomingMessage, client: Client): string[] {
  const { rawHeaders, headers } = request
  const words = [client.address, client.isSecure ? 'https' : 'http', ...(waitsForContinue(request) ? [waits] : [])]
  const passed = [clientHeader, words.join(' '), 'Connection', 'keep-alive']
  let hasHost = false
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2)
    const lower = name.toLowerCase()
    if (ofConnection.has(lower) || lower === clientHeader) continue
    // A target in absolute form has replaced the first one (`readTarget`).
    if (lower === 'host' && !hasHost) passed.push(name, headers.host ?? '')
    else passed.push(name, value)
    hasHost ||= lower === 'host'
  }
  // Only HTTP/1.0 may go without; the main process gets HTTP/1.1.
  if (!hasHost && request.httpVersion === '1.0') passed.push('Host', '')
  if (headers['transfer-encoding'] !== undefined) passed.push('Transfer-Encoding', 'chunked')
  else if (headers['content-length'] === undefined) passed.push('Content-Length', '0')
  return passed
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function passAnswer(answer: IncomingMessage, { request, response }: Exchange, mayBodyCome: boolean): void {
  // What this process has set for an answer of its own is replaced; the answer has its own date.
  for (const name of response.getHeaderNames()) if (name !== 'connection') response.removeHeader(name)
  response.sendDate = false
  response.once('finish', () => {
    // It may be waiting for the main process to read on.
    request.unpipe()
    discardRest(request)
  })
  // A long body that the main process does not want.
  const mustClose = answer.headers.connection === 'close' && !request.complete && mayBodyCome
  if (mustClose) response.setHeader('Connection', 'close')
  writeHead(answer, response)
  answer.once('error', () => response.destroy())
  if (!mustClose) {
    if (Number(answer.headers['content-length']) <= wholeMaxBytes) sendWhole(answer, response)
    else answer.pipe(response)
    return
  }
  answer.pipe(response, { end: false })
  answer.once('end', () => {
    request.unpipe().resume()
    endWhenSent(request, response)
  })
}

function writeHead({ rawHeaders, statusCode = 502, statusMessage }: IncomingMessage, response: ServerResponse): void {
  // By name: of a list of pairs, Node would keep only the last of several with one name, once another header was set.
  const headers = Object.create(null) as Record<string, string | string[]>
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2)
    if (ofConnection.has(name.toLowerCase())) continue
    const before = headers[name]
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  response.writeHead(statusCode, statusMessage, headers)
}

function sendWhole(answer: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  answer.on('data', (chunk: Buffer) => chunks.push(chunk))
  answer.once('end', () => response.end(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
}

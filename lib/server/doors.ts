import type { IncomingMessage, RequestListener } from 'node:http'
import { type Client, setClient } from '@/lib/auth/client'
import { AppError } from '@/lib/domain/errors'
import { isHost } from '@/lib/domain/host'
import { askWhenRead } from './continue-in-order'
import { type Exchange, type Exchanges, doorOf } from './exchange'
import { type Phase, isEnding } from './phase'
import { refuse } from './refuse'
import { setSecurityHeaders } from './security-headers'

/** A request, with what is known of it before its door looks at it. */
export interface Visit {
  readonly exchange: Exchange
  readonly client: Client
  /** Why the request is not clear and must be refused; null when it is. */
  readonly unclear: AppError | null
}

/** What stands behind the doors of a process. */
export interface DoorSettings {
  readonly phase: Phase
  readonly exchanges: Exchanges
  readonly readClient: (request: IncomingMessage) => Client
  /** Answers a clear request to the registry, with `registrySecurityHeaders`. */
  readonly serveRegistry: (visit: Visit) => void
  /** Answers a clear request to ACR's API, whose security headers are set. */
  readonly serveAcr: (visit: Visit) => void
  /** Answers a clear request to a transparency log, whose security headers are set. */
  readonly serveLog: (visit: Visit) => void
  /** Answers a request, clear or not, to the console or the REST API. */
  readonly serveConsole: (visit: Visit) => void
}

/** Passes each request to its door: the registry, ACR's API, the transparency logs, or the console and the REST API. */
export function createDoors({
  phase,
  exchanges,
  readClient,
  serveRegistry,
  serveAcr,
  serveLog,
  serveConsole,
}: DoorSettings): RequestListener {
  return (request, response) => {
    // The client's next request uses another connection, and so perhaps reaches another process.
    if (isEnding(phase)) response.setHeader('Connection', 'close')
    const client = readClient(request)
    setClient(request, client)
    const door = doorOf(request)
    const exchange = exchanges.begin(door, request, response)
    const visit: Visit = { exchange, client, unclear: findUnclear(request) }
    if (door === 'console' || door === 'api') {
      serveConsole(visit)
      return
    }
    askWhenRead(request)
    if (door === 'registry' && visit.unclear === null) {
      serveRegistry(visit)
      return
    }
    setSecurityHeaders(response, door, client)
    if (visit.unclear !== null) refuseExchange(exchange, visit.unclear)
    else if (door === 'log') serveLog(visit)
    else serveAcr(visit)
  }
}

/** Refuses a request before its door has answered. */
export function refuseExchange(exchange: Exchange, error: AppError): void {
  exchange.error = error.code
  refuse(exchange, error)
}

/** Headers that may occur only once: of two, a proxy and Node could each use a different one. */
const single = new Set(['host', 'authorization', 'content-type', 'origin'])
const singleLengths = new Set([...single].map((name) => name.length))

/** The last host that was a host name: the next request mostly has the same. */
let clearHost = ''

/**
 * The refusal of a request whose target is doubtful: its Host is not a host name, or a header that may occur once came
 * twice. Null for a clear request.
 */
function findUnclear(request: IncomingMessage): AppError | null {
  const { host } = request.headers
  // It may be absent only in HTTP/1.0, and is empty where the address has none (RFC 9112, section 3.2).
  if (host === undefined && request.httpVersion === '1.1') return badRequest('the request has no Host')
  if (host !== undefined && host !== '' && host !== clearHost) {
    if (!isHost(host)) return badRequest('Host is not a host name')
    clearHost = host
  }
  const repeated = findRepeated(request)
  return repeated === null ? null : badRequest(`${repeated} came twice`)
}

/** The name of a header that came twice and must not, in lower case. */
function findRepeated({ rawHeaders }: IncomingMessage): string | null {
  let seen = ''
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const given = rawHeaders[i] ?? ''
    if (!singleLengths.has(given.length)) continue
    const name = given.toLowerCase()
    if (!single.has(name)) continue
    if (seen.includes(`${name},`)) return name
    seen += `${name},`
  }
  return null
}

function badRequest(message: string): AppError {
  return new AppError('BAD_REQUEST', { message })
}

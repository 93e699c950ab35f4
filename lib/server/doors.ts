import { type IncomingMessage, type RequestListener, createServer } from 'node:http'
import { setImmediate, setTimeout } from 'node:timers/promises'
import next from 'next'
import { setClient } from '@/lib/auth/client'
import { AppError } from '@/lib/domain/errors'
import { isHost } from '@/lib/domain/host'
import { createRegistryHandler } from '@/lib/protocol/handler'
import type { Context } from '@/lib/context'
import { Turnstile } from '@/lib/limits/turnstile'
import { apiRoute } from './api-routes'
import { findMalformed, prepareForNext } from './console-request'
import { askForBody, askWhenRead } from './continue-in-order'
import { discardRest } from './discard-rest'
import { type Exchange, type Exchanges, doorOf } from './exchange'
import type { Phase } from './phase'
import { createClientReader } from './read-client'
import { refuse } from './refuse'
import { createNonce, pagePolicy, setSecurityHeaders } from './security-headers'

/**
 * How long a request to Next keeps others waiting, in milliseconds. A page takes ten milliseconds of the process's one
 * thread. Of many that arrive together, two are made at once, and pulls are served in between. A page that takes longer
 * waits for something else, such as a slow client.
 */
const turnMaxMs = 50

/** The settings of the process that the doors need. */
export interface DoorSettings {
  readonly port: number
  /** Next compiles on demand. */
  readonly dev: boolean
  readonly phase: Phase
  readonly exchanges: Exchanges
}

/** Passes each request to its door: the registry, or Next for the console and the REST API. */
export async function openDoors(ctx: Context, { port, dev, phase, exchanges }: DoorSettings): Promise<RequestListener> {
  const app = next({
    dev,
    hostname: ctx.config.host,
    port,
    // Next takes over connections with an Upgrade header and never answers those that are not its own. Only development
    // needs upgrades, so in production Next gets a server that never listens.
    ...(dev ? {} : { httpServer: createServer() }),
  })
  await app.prepare()
  const serveConsole = app.getRequestHandler()
  const serveRegistry = createRegistryHandler(ctx, () => phase.name === 'stopping')
  const readClient = createClientReader(ctx.config, ctx.log)
  const turns = new Turnstile({ atOnce: 2, waitingMax: 1000 })
  return (request, response) => {
    const url = request.url ?? ''
    // The client's next request uses another connection, and so perhaps reaches another process.
    if (phase.name === 'stopping') response.setHeader('Connection', 'close')
    const client = readClient(request)
    setClient(request, client)
    const door = doorOf(url)
    const exchange = exchanges.begin(door, request, response)
    const { requestId } = exchange
    const unclear = findUnclear(request)
    if (door === 'registry') {
      setSecurityHeaders(response, door, client)
      askWhenRead(request)
      if (unclear === null) serveRegistry(request, response, exchange)
      else refuseExchange(exchange, unclear)
      return
    }
    const isAsset = url.startsWith('/_next/')
    exchange.route = door === 'api' ? apiRoute(url) : isAsset ? 'asset' : 'page'
    const policy = door === 'api' || isAsset ? null : pagePolicy(createNonce(), dev)
    setSecurityHeaders(response, door, client, policy ?? undefined)
    // The REST API sets it itself; Next would send both.
    if (door !== 'api') response.setHeader('X-Request-Id', requestId)
    const fault = unclear ?? findMalformed(request, { isApi: door === 'api', isDevelopment: dev })
    if (fault !== null) {
      refuseExchange(exchange, fault)
      return
    }
    prepareForNext(request, { client, requestId, policy, publicUrl: ctx.config.publicUrl })
    // Next reads every body at once. The operation asks for it when the caller may send it.
    if (request.headers.expect !== undefined) {
      ctx.awaitedBodies.hold(requestId, () => askForBody(request))
      response.once('close', () => ctx.awaitedBodies.forget(requestId))
    }
    response.once('finish', () => discardRest(request))
    const serve = async () => {
      // The client may have left while its request waited.
      if (response.destroyed) return
      await Promise.race([serveConsole(request, response), setTimeout(turnMaxMs)])
      // Otherwise pages that never wait would follow each other without a look at the connections.
      await setImmediate()
    }
    turns.pass(serve).catch((error: unknown) => {
      if (AppError.is(error)) {
        refuseExchange(exchange, error)
        return
      }
      ctx.log.error({ requestId, err: error }, 'the console failed')
      response.destroy()
    })
  }
}

/** Headers that may occur only once: of two, a proxy and Node could each use a different one. */
const single = new Set(['host', 'authorization', 'content-type', 'origin'])

/**
 * The refusal of a request whose target is doubtful: its Host is not a host name, or a header that may occur once came
 * twice. Null for a clear request.
 */
function findUnclear(request: IncomingMessage): AppError | null {
  const { host } = request.headers
  // It may be absent only in HTTP/1.0, and is empty where the address has none (RFC 9112, section 3.2).
  if (host === undefined && request.httpVersion === '1.1') return badRequest('the request has no Host')
  if (host !== undefined && host !== '' && !isHost(host)) return badRequest('Host is not a host name')
  const repeated = findRepeated(request)
  return repeated === null ? null : badRequest(`${repeated} came twice`)
}

/** The name of a header that came twice and must not, in lower case. */
function findRepeated({ rawHeaders }: IncomingMessage): string | null {
  let seen = ''
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase()
    if (!single.has(name)) continue
    if (seen.includes(`${name},`)) return name
    seen += `${name},`
  }
  return null
}

function badRequest(message: string): AppError {
  return new AppError('BAD_REQUEST', { message })
}

function refuseExchange(exchange: Exchange, error: AppError): void {
  exchange.error = error.code
  refuse(exchange, error)
}

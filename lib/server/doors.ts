import { type IncomingMessage, type RequestListener, createServer } from 'node:http'
import next from 'next'
import { setClient } from '@/lib/auth/client'
import { AppError } from '@/lib/domain/errors'
import { createRegistryHandler, isRegistryPath } from '@/lib/protocol/handler'
import { writeError } from '@/lib/protocol/write-error'
import type { Context } from '@/lib/context'
import { apiRoute, isApiPath } from './api-routes'
import { prepareForNext, refuseMalformed } from './console-request'
import type { Exchange, Exchanges } from './exchange'
import type { Phase } from './phase'
import { createClientReader } from './read-client'
import { createNonce, pagePolicy, setSecurityHeaders } from './security-headers'

/** The form of `Host`: a host name or address, and an optional port. It may be absent only in HTTP/1.0. */
const hostForm = /^(?:[\w.-]+|\[[\da-f:.]+\])?(?::\d{1,5})?$/i

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
  return (request, response) => {
    const url = request.url ?? ''
    // The client's next request uses another connection, and so perhaps reaches another process.
    if (phase.name === 'stopping') response.setHeader('Connection', 'close')
    const client = readClient(request)
    setClient(request, client)
    const door = isRegistryPath(url) ? 'registry' : isApiPath(url) ? 'api' : 'console'
    const exchange = exchanges.begin(door, request, response)
    const { requestId } = exchange
    const isClear = hostForm.test(request.headers.host ?? '') && !isAmbiguous(request)
    if (door === 'registry') {
      setSecurityHeaders(response, door, client)
      if (isClear) serveRegistry(request, response, exchange)
      else refuseUnclear(exchange)
      return
    }
    const isAsset = url.startsWith('/_next/')
    exchange.route = door === 'api' ? apiRoute(url) : isAsset ? 'asset' : 'page'
    const policy = door === 'api' || isAsset ? null : pagePolicy(createNonce(), dev)
    setSecurityHeaders(response, door, client, policy ?? undefined)
    // The REST API sets it itself; Next would send both.
    if (door !== 'api') response.setHeader('X-Request-Id', requestId)
    if (!isClear) {
      refuseUnclear(exchange)
      return
    }
    if (refuseMalformed(request, response, { isApi: door === 'api', isDevelopment: dev })) return
    prepareForNext(request, { client, requestId, policy })
    serveConsole(request, response).catch((error: unknown) => {
      ctx.log.error({ requestId, err: error }, 'the console failed')
      response.destroy()
    })
  }
}

/** Headers that may occur only once: of two, a proxy and Node could each use a different one. */
const single = new Set(['host', 'authorization', 'content-type', 'origin'])

function isAmbiguous({ rawHeaders }: IncomingMessage): boolean {
  let seen = ''
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase()
    if (!single.has(name)) continue
    if (seen.includes(`${name},`)) return true
    seen += `${name},`
  }
  return false
}

/** Refuses a request with an invalid Host, which would be copied into URLs, or with a repeated single header. */
function refuseUnclear(exchange: Exchange): void {
  const { door, request, response, requestId } = exchange
  response.setHeader('X-Request-Id', requestId)
  if (door === 'registry') {
    exchange.error = 'BAD_REQUEST'
    const message = 'Host is not a valid host name, or Host, Authorization, Content-Type or Origin occurs twice'
    writeError(request, response, new AppError('BAD_REQUEST', { message }))
  } else {
    response.writeHead(400).end()
  }
}

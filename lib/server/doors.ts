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

/** A host name or address, and perhaps a port: what `Host` may be. Only HTTP/1.0 may leave it out. */
const hostForm = /^(?:[\w.-]+|\[[\da-f:.]+\])?(?::\d{1,5})?$/i

/** What the doors need to know of the process. */
export interface DoorSettings {
  readonly port: number
  /** Next compiles on demand. */
  readonly dev: boolean
  readonly phase: Phase
  readonly exchanges: Exchanges
}

/** Hands each request to its door: the registry's, or the one of console and REST API. */
export async function openDoors(ctx: Context, { port, dev, phase, exchanges }: DoorSettings): Promise<RequestListener> {
  const app = next({
    dev,
    hostname: ctx.config.host,
    port,
    // Next takes over connections whose request has an Upgrade header, and forgets those that are not its own. Only
    // development needs any of them; a server that never listens has none.
    ...(dev ? {} : { httpServer: createServer() }),
  })
  await app.prepare()
  const serveConsole = app.getRequestHandler()
  const serveRegistry = createRegistryHandler(ctx, () => phase.name === 'stopping')
  const readClient = createClientReader(ctx.config, ctx.log)
  return (request, response) => {
    const url = request.url ?? ''
    // The client's next request goes to another connection, and so perhaps to another process.
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

/** Headers of which a request has one: of two, a proxy and Node could each believe another. */
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

/** Refuses a request whose Host could be written into an address of ours and would be none, or that has two of one. */
function refuseUnclear(exchange: Exchange): void {
  const { door, request, response, requestId } = exchange
  response.setHeader('X-Request-Id', requestId)
  if (door === 'registry') {
    exchange.error = 'BAD_REQUEST'
    const message = 'Host is no host name, or Host, Authorization, Content-Type or Origin came twice'
    writeError(request, response, new AppError('BAD_REQUEST', { message }))
  } else {
    response.writeHead(400).end()
  }
}

import { type IncomingMessage, type RequestListener, type ServerResponse, createServer } from 'node:http'
import next from 'next'
import { createRegistryHandler, isRegistryPath, urlMax } from '@/lib/protocol/handler'
import type { Context } from '@/lib/registry/context'
import { apiRoute, isApiPath } from './api-routes'
import type { Exchanges } from './exchange'
import type { Phase } from './phase'

/** Headers in which route handlers of Next find what only the server knows; a client's own are overwritten. */
const remoteAddressHeader = 'x-stele-remote-address'
const requestIdHeader = 'x-stele-request-id'

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
  return (request, response) => {
    const url = request.url ?? ''
    // The client's next request goes to another connection, and so perhaps to another process.
    if (phase.name === 'stopping') response.setHeader('Connection', 'close')
    if (isRegistryPath(url)) {
      serveRegistry(request, response, exchanges.begin('registry', request, response))
      return
    }
    const isApi = isApiPath(url)
    const exchange = exchanges.begin(isApi ? 'api' : 'console', request, response)
    exchange.route = isApi ? apiRoute(url) : url.startsWith('/_next/') ? 'asset' : 'page'
    // The REST API sets it itself; Next would send both.
    if (!isApi) response.setHeader('X-Request-Id', exchange.requestId)
    if (refuseMalformed(request, response)) return
    request.headers[remoteAddressHeader] = request.socket.remoteAddress ?? ''
    request.headers[requestIdHeader] = exchange.requestId
    serveConsole(request, response).catch((error: unknown) => {
      ctx.log.error({ requestId: exchange.requestId, err: error }, 'the console failed')
      response.destroy()
    })
  }
}

/** Methods that the console and the REST API know; Next answers others with 500. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Answers what Next would fail on, or should not see: a strange method, a long address, one that is not UTF-8. */
function refuseMalformed(request: IncomingMessage, response: ServerResponse): boolean {
  const url = request.url ?? ''
  const status = !methods.has(request.method ?? '') ? 405 : url.length > urlMax ? 414 : isDecodable(url) ? null : 400
  if (status === null) return false
  response.writeHead(status, status === 405 ? { Allow: [...methods].join(', ') } : {}).end()
  return true
}

function isDecodable(url: string): boolean {
  try {
    decodeURI(url)
    return true
  } catch {
    return false
  }
}

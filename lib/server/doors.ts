import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import next from 'next'
import { createRegistryHandler, isRegistryPath } from '@/lib/protocol/handler'
import type { Context } from '@/lib/registry/context'

/** Header in which route handlers of Next find the client's address; a client's own is overwritten. */
const remoteAddressHeader = 'x-stele-remote-address'

/** Hands each request to its door: the registry's, or the one of console and REST API. `dev`: Next compiles on demand. */
export async function openDoors(ctx: Context, port: number, dev: boolean): Promise<RequestListener> {
  const app = next({ dev, hostname: ctx.config.host, port })
  await app.prepare()
  const serveConsole = app.getRequestHandler()
  const serveRegistry = createRegistryHandler(ctx)
  return (request, response) => {
    if (isRegistryPath(request.url ?? '')) {
      serveRegistry(request, response)
      return
    }
    if (refuseMalformed(request, response)) return
    request.headers[remoteAddressHeader] = request.socket.remoteAddress ?? ''
    void serveConsole(request, response)
  }
}

/** Methods that the console and the REST API know; Next answers others with 500. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Answers what Next would fail on, a strange method or a path that is not UTF-8; whether it did. */
function refuseMalformed(request: IncomingMessage, response: ServerResponse): boolean {
  const status = !methods.has(request.method ?? '') ? 405 : isDecodable(request.url ?? '') ? null : 400
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

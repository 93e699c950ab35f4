import type { Server as HttpServer, RequestListener } from 'node:http'
import { Server } from 'node:net'
import type { Config } from '@/lib/config'
import type { ProbeHandler } from './probes'
import { StartError } from './start-error'

/**
 * Has a server answer requests: probes at once, others when the returned function was called with what answers them.
 */
export function answerRequests(server: HttpServer, answerProbe: ProbeHandler): (handler: RequestListener) => void {
  let ready: (handler: RequestListener) => void = () => {}
  const whenReady = new Promise<RequestListener>((resolve) => (ready = resolve))
  let handler: RequestListener | null = null
  void whenReady.then((given) => (handler = given))
  server.on('request', (request, response) => {
    if (answerProbe(request, response)) return
    if (handler !== null) handler(request, response)
    else void whenReady.then((given) => given(request, response))
  })
  return ready
}

/** Opens the port and returns its number. Throws a StartError that names the setting when the port cannot be opened. */
export async function listen(server: Server, config: Config): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new StartError(explainListenError(error, config))))
    server.listen(config.port, config.host, resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : config.port
}

/**
 * Accepts no more connections. An HTTP server's own `close` would also close those that it counts as idle: a client that
 * reads the last part of its answer slowly would not get it.
 */
export function stopListening(server: HttpServer): void {
  Server.prototype.close.call(server)
}

function explainListenError(error: NodeJS.ErrnoException, { port, host }: Config): string {
  if (error.code === 'EADDRINUSE') return `PORT: ${port} on ${host} is used by another program; set PORT to a free one`
  if (error.code === 'EACCES') return `PORT: this user may not listen on ${port}; set PORT to 1024 or above`
  if (error.code === 'EADDRNOTAVAIL') return `HOST: ${host} is not an address of this machine`
  return `HOST, PORT: cannot listen on ${host}:${port} (${error.code ?? error.message})`
}

import { type AddressInfo } from 'node:net'
import { type RequestListener, createServer, request } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Certificate } from './certificate'
import type { ServerInfo } from './server'

/** A request that went through, and how it was answered. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly status: number
  /** Whether it had credentials in its head. */
  readonly hasCredentials: boolean
  /** Until the head of the answer came, in milliseconds. */
  readonly durationMs: number
}

/** Stands between a client and a server to see what the client really sends. */
export interface CountingProxy {
  /** `127.0.0.1:<port>`: what the client takes for the registry. */
  readonly address: string
  /** Every answered request so far, in the order of the answers. */
  readonly seen: readonly SeenRequest[]
  close(): Promise<void>
}

/**
 * Passes requests on to `server` of this machine, and its answers back, as streams. With a certificate it speaks TLS, and says so to
 * the server, which must trust it.
 */
export async function startCountingProxy(
  server: Pick<ServerInfo, 'port'>,
  tls: Certificate | null = null,
): Promise<CountingProxy> {
  const seen: SeenRequest[] = []
  const pass: RequestListener = (incoming, outgoing) => {
    const { method = '', url = '' } = incoming
    const startedAt = performance.now()
    const headers = { ...incoming.headers, ...(tls !== null && { 'x-forwarded-proto': 'https' }) }
    const onward = request({ host: '127.0.0.1', port: server.port, method, path: url, headers }, (answer) => {
      const status = answer.statusCode ?? 0
      seen.push({
        method,
        path: url,
        status,
        hasCredentials: incoming.headers.authorization !== undefined,
        durationMs: performance.now() - startedAt,
      })
      outgoing.writeHead(status, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  }
  const proxy = tls === null ? createServer(pass) : createTlsServer(tls, pass)
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve())
        proxy.closeAllConnections()
      }),
  }
}

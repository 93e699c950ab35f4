import { type AddressInfo } from 'node:net'
import { createServer, request } from 'node:http'
import type { ServerInfo } from './server'

/** A request that went through, and how it was answered. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly status: number
}

/** Stands between a client and a server to see what the client really sends. */
export interface CountingProxy {
  /** `127.0.0.1:<port>`: what the client takes for the registry. */
  readonly address: string
  /** Every answered request so far, in the order of the answers. */
  readonly seen: readonly SeenRequest[]
  close(): Promise<void>
}

/** Passes requests on to `server`, and its answers back, as streams. */
export async function startCountingProxy(server: ServerInfo): Promise<CountingProxy> {
  const seen: SeenRequest[] = []
  const proxy = createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming
    const onward = request(
      { host: '127.0.0.1', port: server.port, method, path: url, headers: incoming.headers },
      (answer) => {
        const status = answer.statusCode ?? 0
        seen.push({ method, path: url, status })
        outgoing.writeHead(status, answer.headers)
        answer.pipe(outgoing)
      },
    )
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
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

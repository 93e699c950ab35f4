import type { IncomingMessage } from 'node:http'

/** The client that sent a request, as seen by the network. */
export interface Client {
  /** IP address; empty when the connection is already closed. */
  readonly address: string
  /** Whether the client speaks TLS, to a proxy in front of the server. */
  readonly isSecure: boolean
}

const known = new WeakMap<IncomingMessage, Client>()

/** Sets the client of a request. The code that receives the request calls it once, before any other code reads it. */
export function setClient(request: IncomingMessage, client: Client): void {
  known.set(request, client)
}

/**
 * Returns the client of a request. Use nothing else: `setClient` has already judged what a client claims
 * (`X-Forwarded-…`).
 */
export function clientOf(request: IncomingMessage): Client {
  return known.get(request) ?? { address: request.socket.remoteAddress ?? '', isSecure: false }
}

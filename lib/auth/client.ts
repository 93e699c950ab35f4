import type { IncomingMessage } from 'node:http'

/** The client that sent a request, as seen by the network. */
export interface Client {
  /** IP address; empty when the connection is already closed. */
  readonly address: string
  /** Whether the client speaks TLS, to a proxy in front of the server. */
  readonly isSecure: boolean
}

// On the request itself: an entry of a WeakMap for each request costs more than all that is done with it.
const known = Symbol('client')

interface KnownRequest extends IncomingMessage {
  [known]?: Client
}

/** Sets the client of a request. The code that receives the request calls it once, before any other code reads it. */
export function setClient(request: KnownRequest, client: Client): void {
  request[known] = client
}

/**
 * Returns the client of a request. Use nothing else: `setClient` has already judged what a client claims
 * (`X-Forwarded-…`).
 */
export function clientOf(request: KnownRequest): Client {
  return request[known] ?? { address: request.socket.remoteAddress ?? '', isSecure: false }
}

import type { IncomingMessage } from 'node:http'

/** Who sent a request, as far as the network tells. */
export interface Client {
  /** IP address; empty when the connection is gone already. */
  readonly address: string
  /** Whether the client speaks TLS, to a proxy in front of the server. */
  readonly isSecure: boolean
}

const known = new WeakMap<IncomingMessage, Client>()

/** Says who sent a request: once, by whoever took it from the network, before anything else looks at it. */
export function setClient(request: IncomingMessage, client: Client): void {
  known.set(request, client)
}

/** Who sent a request. The only way to ask: what a client says of itself (`X-Forwarded-…`) is judged there already. */
export function clientOf(request: IncomingMessage): Client {
  return known.get(request) ?? { address: request.socket.remoteAddress ?? '', isSecure: false }
}

import type { IncomingMessage } from 'node:http'

/** How long the rest of a body is read before its connection is closed, in milliseconds. */
const lingerMs = 3_000

/**
 * Reads and discards what is left of the body of an answered request: Next stops reading and would keep the connection,
 * with what has arrived, until it times out. The connection is closed when the body does not end soon.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete) return
  for (const event of ['data', 'readable']) request.removeAllListeners(event)
  request.resume()
  const timer = setTimeout(() => request.destroy(), lingerMs)
  request.once('close', () => clearTimeout(timer)).once('end', () => clearTimeout(timer))
}

import type { ServerResponse } from 'node:http'

/** Sets headers of a response: names and values by turns, the form that `writeHead` sends at the least cost. */
export function setHeaders(response: ServerResponse, headers: readonly string[]): void {
  for (let i = 0; i < headers.length; i += 2) response.setHeader(headers[i] ?? '', headers[i + 1] ?? '')
}

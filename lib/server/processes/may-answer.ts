import type { IncomingMessage } from 'node:http'

/** Where the bytes of an upload go, and where its state is read. */
const uploadPath = /\/blobs\/uploads\/[^/?]+(?:\?|$)/

/**
 * Whether a reader tries to answer a request of the registry. Secrets are only checked by the main process, which counts
 * wrong ones; an anonymous token needs none. One that may not write also leaves it everything that changes
 * something, but for the bytes of uploads: it stores them, and has the main process write the one row at their end.
 */
export function mayAnswer(
  { method, url = '', headers: { authorization } }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  mayWrite: boolean,
): boolean {
  if (/^\/v2\/token(?:\?|$)/.test(url)) return method === 'GET' && authorization === undefined
  if (authorization !== undefined && !/^Bearer /i.test(authorization)) return false
  if (mayWrite || method === 'GET' || method === 'HEAD') return true
  return (method === 'PATCH' || method === 'PUT') && uploadPath.test(url)
}

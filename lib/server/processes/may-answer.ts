import type { IncomingMessage } from 'node:http'

/** Where the bytes of an upload go, and where its state is read. */
const uploadPath = /\/blobs\/uploads\/[^/?]+(?:\?|$)/

/**
 * Whether a reader tries to answer a request of the registry. It lets in only secrets that the main process has let in;
 * for another one it passes the request on, so there must be no body that it would have read. One that may not write also
 * leaves the main process everything that changes something, but for the bytes of uploads: it stores them, and has the
 * main process write the one row at their end.
 */
export function mayAnswer(
  { method, url = '', headers: { authorization } }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  mayWrite: boolean,
): boolean {
  const isRead = method === 'GET' || method === 'HEAD'
  if (/^\/v2\/token(?:\?|$)/.test(url)) return isRead
  if (authorization !== undefined && !/^Bearer /i.test(authorization)) return isRead
  if (mayWrite || isRead) return true
  return (method === 'PATCH' || method === 'PUT') && uploadPath.test(url)
}

import type { IncomingMessage } from 'node:http'

/** A target in absolute form: scheme, authority, and path with query. */
const absoluteForm = /^https?:\/\/([^/?#]*)([^#]*)/i

/**
 * Turns a target in absolute form (`GET http://host/path`) into path and `Host`, which its authority replaces (RFC
 * 9112, section 3.2.2). Other targets stay as they are.
 */
export function readTarget(request: IncomingMessage): void {
  // Nearly all: in origin form.
  if (request.url?.startsWith('/') === true) return
  const [, authority = '', rest = ''] = absoluteForm.exec(request.url ?? '') ?? []
  if (authority === '') return
  request.url = rest.startsWith('/') ? rest : `/${rest}`
  // A request without the header stays refused (section 3.2).
  if (request.headers.host !== undefined) request.headers.host = authority
}

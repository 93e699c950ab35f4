import { isPlainText } from '@/lib/domain/plain-text'

/** What `Authorization: Basic` carries. */
export interface BasicCredentials {
  readonly name: string
  readonly secret: string
}

/**
 * Returns the credentials of an `Authorization` header, or null when it is absent, has another scheme or is malformed
 * (RFC 7617 allows no control characters; PostgreSQL cannot look up a name with a null character).
 */
export function parseBasicCredentials(header: string | null | undefined): BasicCredentials | null {
  const encoded = /^Basic +([A-Za-z0-9+/_-]+=*) *$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return null
  const decoded = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  if (colon < 0 || !isPlainText(decoded)) return null
  return { name: decoded.slice(0, colon), secret: decoded.slice(colon + 1) }
}

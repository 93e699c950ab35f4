import type { IncomingMessage } from 'node:http'
import { claimsV3 } from './signing/v3'

/**
 * Whether a request is for ACR's API: each POST of `/`, and a GET of `/` that names an action. All other requests of `/`
 * are the console's.
 */
export function isAcrRequest({
  method,
  url = '',
  headers,
}: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): boolean {
  if (url !== '/' && !url.startsWith('/?')) return false
  if (method === 'POST') return true
  if (method !== 'GET') return false
  if (headers['x-acs-action'] !== undefined || claimsV3(headers.authorization)) return true
  return new URLSearchParams(url.slice(1)).has('Action')
}

import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Client } from '@/lib/auth/client'
import type { Door } from './exchange'

const yearSeconds = 365 * 24 * 60 * 60

/** What no page of ours needs of the browser. */
const deniedFeatures = [
  ...['accelerometer', 'autoplay', 'browsing-topics', 'camera', 'display-capture', 'encrypted-media', 'fullscreen'],
  ...['geolocation', 'gyroscope', 'hid', 'magnetometer', 'microphone', 'midi', 'payment', 'picture-in-picture'],
  ...['publickey-credentials-get', 'screen-wake-lock', 'serial', 'usb', 'web-share', 'xr-spatial-tracking'],
]
const permissions = deniedFeatures.map((feature) => `${feature}=()`).join(', ')

/** What a browser that opens something of the registry may do with it: nothing. A blob is anybody's bytes. */
const registryPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

/** JSON and files: nothing that loads anything. */
export const dataPolicy = "default-src 'none'; frame-ancestors 'none'"

/**
 * The policy of a page. Scripts run only with the page's own nonce, which Next puts on those it writes, and those that
 * these load; styles come from files. In development Next evaluates code, writes styles into the page, and tells
 * changes through a WebSocket.
 */
export function pagePolicy(nonce: string, isDevelopment: boolean): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    isDevelopment ? "style-src 'self' 'unsafe-inline'" : "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    isDevelopment ? "connect-src 'self' ws:" : "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** What only one answer's scripts know. */
export function createNonce(): string {
  return randomBytes(16).toString('base64')
}

/**
 * Sets the headers that keep a browser from doing harm with an answer, whatever the answer will be. `policy` is that of
 * a page; without it the answer is none.
 */
export function setSecurityHeaders(response: ServerResponse, door: Door, client: Client, policy?: string): void {
  response.setHeader('X-Content-Type-Options', 'nosniff')
  // Only over TLS is it believed; a year, as browsers' preload lists ask for. Other hosts of the domain are not ours.
  if (client.isSecure) response.setHeader('Strict-Transport-Security', `max-age=${yearSeconds}`)
  if (door === 'registry') {
    response.setHeader('Content-Security-Policy', registryPolicy)
    return
  }
  response.setHeader('Content-Security-Policy', policy ?? dataPolicy)
  response.setHeader('X-Frame-Options', 'DENY')
  response.setHeader('Referrer-Policy', 'same-origin')
  response.setHeader('Permissions-Policy', permissions)
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
}

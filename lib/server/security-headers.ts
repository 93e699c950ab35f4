import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Client } from '@/lib/auth/client'
import { setHeaders } from '@/lib/protocol/set-headers'
import type { Door } from './exchange'

/** Browsers accept it only over TLS. One year, as preload lists require. Not for subdomains: those may not be ours. */
const transportSecurity = `max-age=${365 * 24 * 60 * 60}`

/** Browser features that no page of the console needs. */
const deniedFeatures = [
  ...['accelerometer', 'autoplay', 'browsing-topics', 'camera', 'display-capture', 'encrypted-media', 'fullscreen'],
  ...['geolocation', 'gyroscope', 'hid', 'magnetometer', 'microphone', 'midi', 'payment', 'picture-in-picture'],
  ...['publickey-credentials-get', 'screen-wake-lock', 'serial', 'usb', 'web-share', 'xr-spatial-tracking'],
]
const permissions = deniedFeatures.map((feature) => `${feature}=()`).join(', ')

/** The policy for registry content that a browser opens: it may do nothing, because a blob may contain anything. */
const registryPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

/** The policy for JSON and files, which load nothing. */
export const dataPolicy = "default-src 'none'; frame-ancestors 'none'"

/**
 * The policy of a page. Scripts run only with the page's nonce, which Next adds to the scripts it writes, or when such
 * a script loads them. Styles come from files. In development, Next evaluates code, writes styles into the page, and
 * reports changes through a WebSocket.
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

/** A random nonce for the scripts of one response. */
export function createNonce(): string {
  return randomBytes(16).toString('base64')
}

const overAnything = ['X-Content-Type-Options', 'nosniff', 'Content-Security-Policy', registryPolicy]
const overTls = [
  ...['X-Content-Type-Options', 'nosniff', 'Strict-Transport-Security', transportSecurity],
  ...['Content-Security-Policy', registryPolicy],
]

/** The security headers of the registry's answers, names and values by turns. */
export function registrySecurityHeaders({ isSecure }: Client): readonly string[] {
  return isSecure ? overTls : overAnything
}

/**
 * Sets the security headers of a response. `policy` is the policy of a page; without it, the response is not a page.
 */
export function setSecurityHeaders(response: ServerResponse, door: Door, client: Client, policy?: string): void {
  if (door === 'registry') {
    setHeaders(response, registrySecurityHeaders(client))
    return
  }
  response.setHeader('X-Content-Type-Options', 'nosniff')
  if (client.isSecure) response.setHeader('Strict-Transport-Security', transportSecurity)
  response.setHeader('Content-Security-Policy', policy ?? dataPolicy)
  response.setHeader('X-Frame-Options', 'DENY')
  response.setHeader('Referrer-Policy', 'same-origin')
  response.setHeader('Permissions-Policy', permissions)
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
}

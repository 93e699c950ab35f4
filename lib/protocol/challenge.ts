import type { IncomingMessage } from 'node:http'
import { clientOf } from '@/lib/auth/client'
import type { Config } from '@/lib/config'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import { canonicalHost, isHost } from '@/lib/domain/host'
import { type TokenAccess, formatTokenScopes } from '@/lib/domain/token-scope'

/**
 * The request's host in its one spelling, safe to copy into a response. For a request without one (HTTP/1.0), it is the
 * address that the request came to. Throws BAD_REQUEST for an invalid host.
 */
export function hostOf(request: IncomingMessage): string {
  const host = request.headers.host ?? ''
  if (host === '') {
    const { localAddress = 'localhost', localPort } = request.socket
    return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort ?? 80}`
  }
  if (!isHost(host)) throw new AppError('BAD_REQUEST', { message: 'the Host header is not a valid host name' })
  return canonicalHost(host)
}

/** The `error` in the challenge (RFC 6750, section 3.1); absent when the client sent no credentials. */
const challengeErrors: Partial<Record<ErrorCode, string>> = {
  TOKEN_INVALID: 'invalid_token',
  SCOPE_INSUFFICIENT: 'insufficient_scope',
}

/** The challenge that tells a client where to get a token, and for which scope (Docker's "Token authentication"). */
export function bearerChallenge(
  config: Config,
  request: IncomingMessage,
  { access, code }: { readonly access: TokenAccess | null; readonly code: ErrorCode },
): string {
  const host = hostOf(request)
  const base = config.publicUrl ?? `${clientOf(request).isSecure ? 'https' : 'http'}://${host}`
  const scope = access === null ? '' : formatTokenScopes(access)
  const error = challengeErrors[code]
  const parameters = [`realm="${base}/v2/token"`, `service="${host}"`]
  if (scope !== '') parameters.push(`scope="${scope}"`)
  if (error !== undefined) parameters.push(`error="${error}"`)
  return `Bearer ${parameters.join(',')}`
}

/** The challenge of the token endpoint itself. */
export const basicChallenge = 'Basic realm="Stele", charset="UTF-8"'

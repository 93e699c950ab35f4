import type { IncomingMessage } from 'node:http'
import { clientOf } from '@/lib/auth/client'
import type { Config } from '@/lib/config'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import { type TokenAccess, formatTokenScopes } from '@/lib/domain/token-scope'

/**
 * The request's host, in lower case, as it may be written into an answer. A request without one (HTTP/1.0) is for the
 * address it came to. Throws BAD_REQUEST for what is no host.
 */
export function hostOf(request: IncomingMessage): string {
  const host = (request.headers.host ?? '').toLowerCase()
  if (host === '') {
    const { localAddress = 'localhost', localPort } = request.socket
    return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort ?? 80}`
  }
  if (!/^(?:[a-z0-9._-]{1,255}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/.test(host)) {
    throw new AppError('BAD_REQUEST', { message: 'the Host of the request is no host name' })
  }
  return host
}

/** What a client is told in `error` (RFC 6750, section 3.1) beside the challenge; nothing where it proved nothing. */
const challengeErrors: Partial<Record<ErrorCode, string>> = {
  TOKEN_INVALID: 'invalid_token',
  SCOPE_INSUFFICIENT: 'insufficient_scope',
}

/** Tells a client where it gets a token, and what to ask for there (Docker's "Token authentication"). */
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

/** What the token endpoint itself asks for. */
export const basicChallenge = 'Basic realm="Stele", charset="UTF-8"'

import type { IncomingMessage } from 'node:http'
import { parseBasicCredentials } from '@/lib/auth/basic-credentials'
import { clientOf } from '@/lib/auth/client'
import { type Origin, type Principal, anonymousPrincipal } from '@/lib/domain/principal'
import { type RegistryCredential, proveCredentials, proveHolder } from '@/lib/auth/registry/registry-credentials'
import { AppError } from '@/lib/domain/errors'
import type { TokenAccess } from '@/lib/domain/token-scope'
import type { Context } from '@/lib/context'

/** Longest of a client's name for itself that is kept, in characters. */
const userAgentMax = 300

/** From where a request came, as kept with what it did. */
export function originOf(request: IncomingMessage): Origin {
  return {
    address: clientOf(request).address,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, userAgentMax),
  }
}

/** Who a proven credential stands for. */
export function principalOf(
  { kind, id, name, role, credential }: RegistryCredential,
  origin: Origin,
  token: TokenAccess | null = null,
): Principal {
  return { kind, id, name, role, credential, token, ...origin }
}

/** Who was proven, and how to see whether that still holds. */
export interface Proof {
  readonly principal: Principal
  /** The same by what is stored now. A token that has expired meanwhile is no fault: its request came in time. */
  readonly again: () => Promise<Principal>
}

/**
 * Who asks something of an instance's registry: by HTTP Basic (RFC 7617) with a credential of the instance, by a token of
 * it (RFC 6750), or nobody. A token is believed as it was made; where `isFresh`, its holder's credential and role are
 * read as they are now.
 *
 * Throws UNAUTHORIZED, TOKEN_INVALID, and TOO_MANY_ATTEMPTS.
 */
export async function authenticate(
  ctx: Context,
  request: IncomingMessage,
  instanceId: string | null,
  isFresh: boolean,
): Promise<Proof> {
  const { authorization } = request.headers
  const origin = originOf(request)
  if (authorization === undefined) return proofOf(anonymousPrincipal(origin))
  const token = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization)?.[1]
  if (token !== undefined) return authenticateToken(ctx, { token, instanceId, isFresh }, origin)
  const credentials = parseBasicCredentials(authorization)
  if (credentials === null) throw new AppError('UNAUTHORIZED')
  const prove = async () => principalOf(await proveCredentials(ctx, instanceId, credentials, origin), origin)
  return { principal: await prove(), again: prove }
}

interface TokenRequest {
  readonly token: string
  readonly instanceId: string | null
  readonly isFresh: boolean
}

async function authenticateToken(
  ctx: Context,
  { token, instanceId, isFresh }: TokenRequest,
  origin: Origin,
): Promise<Proof> {
  if (instanceId === null) throw new AppError('TOKEN_INVALID')
  const { holder, access } = await ctx.registryTokens.verify(token, instanceId)
  if (holder.kind === 'anonymous') return proofOf({ ...anonymousPrincipal(origin), token: access })
  const again = async () => principalOf(await proveHolder(ctx, instanceId, holder), origin, access)
  if (isFresh) return { principal: await again(), again }
  const { kind, id, name, credential } = holder
  return { principal: { kind, id, name, role: 'MEMBER', credential, token: access, ...origin }, again }
}

function proofOf(principal: Principal): Proof {
  return { principal, again: () => Promise.resolve(principal) }
}

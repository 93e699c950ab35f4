import type { IncomingMessage } from 'node:http'
import { type Origin, type Principal, anonymousPrincipal } from '@/lib/domain/principal'
import { type RegistryCredential, proveCredentials, proveHolder } from '@/lib/auth/registry/registry-credentials'
import { AppError } from '@/lib/domain/errors'
import type { GrantedAccess } from '@/lib/domain/token-scope'
import type { Context } from '@/lib/context'
import { originOf } from '@/lib/http/origin-of'
import { readBearerToken, readRegistryCredentials } from './find-addressee'

/** The principal of a verified credential. */
export function principalOf(
  { kind, id, name, role, credential }: RegistryCredential,
  origin: Origin,
  token: GrantedAccess | null = null,
): Principal {
  return { kind, id, name, role, credential, token, ...origin }
}

/** The authenticated caller, and a way to check again whether the credential is still valid. */
export interface Proof {
  readonly principal: Principal
  /**
   * Authenticates again, with the stored state at that time. An expired token is accepted: its request came in time.
   */
  readonly reauthenticate: () => Promise<Principal>
}

/**
 * Authenticates a caller of an instance's registry: by HTTP Basic (RFC 7617) with a credential of the instance, by a
 * token for the instance (RFC 6750), or as anonymous. That a user name says the same instance was checked when it was found
 * (`findInstanceFor`). A token is trusted as it was issued; with `isFresh`, the current
 * state of its user's credential and role is read.
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
  const token = readBearerToken(authorization)
  if (token !== undefined) return authenticateToken(ctx, { token, instanceId, isFresh }, origin)
  const credentials = readRegistryCredentials(authorization)
  if (credentials === null) throw new AppError('UNAUTHORIZED')
  const prove = async () => principalOf(await proveCredentials(ctx, instanceId, credentials, origin), origin)
  return { principal: await prove(), reauthenticate: prove }
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
  const reauthenticate = async () => principalOf(await proveHolder(ctx, instanceId, holder), origin, access)
  if (isFresh) return { principal: await reauthenticate(), reauthenticate }
  const { kind, id, name, credential } = holder
  return { principal: { kind, id, name, role: 'MEMBER', credential, token: access, ...origin }, reauthenticate }
}

function proofOf(principal: Principal): Proof {
  return { principal, reauthenticate: () => Promise.resolve(principal) }
}

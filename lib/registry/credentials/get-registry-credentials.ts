import type { Principal } from '@/lib/domain/principal'
import { temporaryUserName } from '@/lib/domain/access'
import { instanceAddresses } from '@/lib/domain/instance-addresses'
import { findRegistryPasswordTimes } from '@/lib/metadata/registry-passwords'
import { authorize, authorizeUser } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { requireInstance } from '@/lib/registry/instances/instance-details'

/** A user's credentials for an instance's registry. Times are UTC, ISO 8601. */
export interface RegistryCredentials {
  readonly userName: string
  /** The address for a login command, as reachable from where the request came. */
  readonly registryHost: string
  /** What stands before a repository's path there: that host, and the path of the instance where it needs one. */
  readonly registryAddress: string
  /** What stands before user names in a log-on there; empty where the host says the instance. */
  readonly userNamePrefix: string
  /** Null while no password is set. */
  readonly passwordSetAt: string | null
  readonly passwordLastUsedAt: string | null
  readonly temporaryUserName: string
}

/** Returns the principal's credentials for an instance's registry. Throws NOT_FOUND for the instance. */
export async function getRegistryCredentials(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  requestHost: string,
): Promise<RegistryCredentials> {
  authorizeUser(principal)
  await authorize(ctx, principal, 'see', { instanceId })
  const instance = await requireInstance(ctx.db, instanceId)
  const { registryHost, registryAddress, userNamePrefix } = instanceAddresses(instance, { ...ctx.config, requestHost })
  const { setAt, lastUsedAt } = await findRegistryPasswordTimes(ctx.db, { userId: principal.id, instanceId })
  return {
    userName: principal.name,
    registryHost,
    registryAddress,
    userNamePrefix,
    passwordSetAt: setAt?.toISOString() ?? null,
    passwordLastUsedAt: lastUsedAt?.toISOString() ?? null,
    temporaryUserName,
  }
}

import type { BasicCredentials } from '@/lib/auth/basic-credentials'
import type { Context } from '@/lib/context'
import type { Origin, Principal } from '@/lib/domain/principal'
import { findRepository } from '@/lib/metadata/repository-settings'
import { proveCredentials } from './registry-credentials'

/**
 * Returns the robot that a name (`robot+…`) and a secret prove, of the instance that has the repository. Throws as
 * `proveCredentials` does; a repository that does not exist is answered like a wrong secret.
 */
export async function proveRobot(
  ctx: Context,
  repositoryId: string,
  credentials: BasicCredentials,
  origin: Origin,
): Promise<Principal> {
  const instanceId = (await findRepository(ctx.db, repositoryId))?.instanceId ?? null
  const { kind, id, name, role, credential } = await proveCredentials(ctx, instanceId, credentials, origin)
  return { kind, id, name, role, credential, token: null, ...origin }
}

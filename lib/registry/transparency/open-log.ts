import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import { addressedInstance } from '@/lib/domain/instance-host'
import type { Principal } from '@/lib/domain/principal'
import { type LoggedInstance, findDefaultInstance, findLoggedInstances } from '@/lib/metadata/instances'
import { authorize } from '@/lib/registry/authorize'

/**
 * The instance of this name or id, if the principal may read its log: everybody, where it is public; otherwise whoever may
 * pull from the whole instance. Throws as `authorize` does. Reads no models: processes that only read have none.
 */
export async function openLog(
  ctx: Pick<Context, 'db' | 'config'>,
  principal: Principal,
  host: string,
  name: string,
): Promise<{ readonly id: string; readonly isPublic: boolean }> {
  const found = await findNamed(ctx, host, name)
  try {
    if (found === null) throw new AppError('NOT_FOUND')
    const { id, isLogPublic: isPublic } = found
    if (!isPublic) await authorize(ctx, principal, 'pull', { instanceId: id })
    return { id, isPublic }
  } catch (error) {
    if (principal.kind === 'anonymous' && AppError.is(error) && error.code === 'NOT_FOUND') {
      throw new AppError('UNAUTHORIZED')
    }
    throw error
  }
}

/**
 * The instance of a name or an id. Of several regions with an instance of that name, it is the one that the host names,
 * or else the default instance.
 */
async function findNamed(
  { db, config }: Pick<Context, 'db' | 'config'>,
  host: string,
  name: string,
): Promise<LoggedInstance | null> {
  const named = await findLoggedInstances(db, name)
  const [first = null, ...others] = named
  if (others.length === 0) return first
  const addressed = addressedInstance(host, config.domain)
  if (addressed !== null && addressed !== 'default') {
    return named.find(({ regionId }) => regionId === addressed.regionId) ?? null
  }
  const byDefault = await findDefaultInstance(db)
  return named.find(({ id }) => id === byDefault?.id) ?? null
}

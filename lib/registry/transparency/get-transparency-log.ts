import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import { findInstance } from '@/lib/metadata/instances'
import { findLog } from '@/lib/metadata/transparency-logs'
import { authorize } from '@/lib/registry/authorize'
import { verifierKey } from '@/lib/transparency/note'

/**
 * Returns the head of an instance's log, with times in UTC (ISO 8601), and the keys that verify its checkpoint. The
 * principal must be allowed to pull from the whole instance. Throws NOT_FOUND and DENIED.
 */
export async function getTransparencyLog(
  { db, logKeys }: Pick<Context, 'db' | 'logKeys'>,
  principal: Principal,
  instanceId: string,
) {
  await authorize({ db }, principal, 'pull', { instanceId })
  const instance = await findInstance(db, instanceId)
  const head = await findLog(db, instanceId)
  if (instance === null || head === null) throw new AppError('NOT_FOUND')
  const { origin, size, root, checkpoint, phase } = head
  const { keys } = await logKeys.read()
  return {
    ...{ path: `/log/${instance.name}`, isPublic: instance.isLogPublic, origin, isStarted: phase === 'started' },
    ...{ size, root, checkpoint, signedAt: head.signedAt.toISOString() },
    keys: origin === '' ? [] : keys.map((key) => verifierKey(origin, 'note', key).text),
  }
}

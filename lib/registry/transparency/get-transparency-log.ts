import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import { leavesCountedMax, stateOfWitness } from '@/lib/domain/transparency/witnesses'
import { findInstance } from '@/lib/metadata/instances'
import { type LogWitnessRow, listLogWitnesses } from '@/lib/metadata/log-witnesses'
import { findRepository } from '@/lib/metadata/repository-settings'
import { type ServedLog, findServedLog } from '@/lib/metadata/served-checkpoints'
import { countLeavesOfPath } from '@/lib/metadata/transparency-logs'
import { authorize } from '@/lib/registry/authorize'
import { type VerifierKey, verifierKey } from '@/lib/transparency/note'

/**
 * Returns the head of an instance's log as it is served, with times in UTC (ISO 8601), the keys that verify its checkpoint,
 * and where each witness stands. With `repositoryId`, also how many leaves are about its path, up to 10,000. The
 * principal must be allowed to pull from the whole instance. Throws NOT_FOUND and DENIED.
 */
export async function getTransparencyLog(
  { db, config, logKeys }: Pick<Context, 'db' | 'config' | 'logKeys'>,
  principal: Principal,
  { instanceId, repositoryId }: { readonly instanceId: string; readonly repositoryId?: string | undefined },
) {
  await authorize({ db }, principal, 'pull', { instanceId })
  const instance = await findInstance(db, instanceId)
  const log = await findServedLog(db, instanceId)
  if (instance === null || log === null) throw new AppError('NOT_FOUND')
  const { origin, size, root, phase, stalled } = log
  const { keys } = await logKeys.read()
  const known = new Map((await listLogWitnesses(db, instanceId)).map((row) => [row.witness, row]))
  return {
    ...{ path: `/log/${instance.name}`, isPublic: instance.isLogPublic, origin, isStarted: phase === 'started' },
    ...{
      size,
      root,
      checkpoint: log.checkpoint + log.cosignatures,
      signedAt: log.signedAt.toISOString(),
      stalled: stalled === '' ? null : stalled,
    },
    keys: origin === '' ? [] : keys.map((key) => verifierKey(origin, 'note', key).text),
    witnesses: config.witnesses.map(({ key }) => viewWitness(key, known.get(key.text) ?? null, size)),
    repositoryLeaves: repositoryId === undefined ? null : await countLeaves({ db }, log, repositoryId),
  }
}

async function countLeaves({ db }: Pick<Context, 'db'>, log: ServedLog, repositoryId: string): Promise<number> {
  const repository = await findRepository(db, repositoryId)
  if (repository?.instanceId !== log.instanceId) throw new AppError('NOT_FOUND')
  return countLeavesOfPath(db, log, repository.path, leavesCountedMax)
}

function viewWitness({ name, text }: VerifierKey, row: LogWitnessRow | null, servedSize: number) {
  const size = row?.size ?? 0
  const failure = row?.failure ?? null
  return {
    ...{ name, key: text, state: stateOfWitness({ size, failure }, servedSize) },
    ...{ size, behind: Math.max(0, servedSize - size), cosignedAt: row?.cosignedAt?.toISOString() ?? null },
    behindSince: row?.behindSince?.toISOString() ?? null,
    ...{ failure, failureDetail: row?.failureDetail ?? '' },
    nextAttemptAt: row === null || failure === null ? null : row.nextAttemptAt.toISOString(),
  }
}

import { setTimeout } from 'node:timers/promises'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import type { Evidence } from '@/lib/domain/transparency/evidence'
import { type NamedRepository } from '@/lib/metadata/repositories'
import { findRepository } from '@/lib/metadata/repository-settings'
import { findTag } from '@/lib/metadata/tags'
import { findServedLog } from '@/lib/metadata/served-checkpoints'
import { listLeavesOfTag } from '@/lib/metadata/transparency-logs'
import { authorize } from '@/lib/registry/authorize'
import { makeEvidence } from '@/lib/transparency/evidence'
import { tileReader } from './append-leaves'

/**
 * Most leaves of one evidence. All of a tag's leaves belong in it: one without its beginning would prove nothing about the
 * time before. A thousand leaves are 1.5 MB.
 */
const leavesMax = 2000

/** How often, and after how many milliseconds each, the log is read again that does not tell the last move yet. */
const attempts = { count: 15, waitMs: 300 }

/**
 * Returns what the log tells of a tag, with proofs; also of one that was deleted. Whoever may pull from the repository may
 * have it. Throws NOT_FOUND for the repository and for a tag that no leaf tells of, LIMIT_REACHED for one with too many
 * leaves, and UNAVAILABLE while the log has not told what there was before it.
 */
export async function getTagEvidence(
  { db }: Pick<Context, 'db'>,
  principal: Principal,
  { repositoryId, tag }: { readonly repositoryId: string; readonly tag: string },
): Promise<Evidence> {
  await authorize({ db }, principal, 'pull', { repositoryId })
  const repository = await findRepository(db, repositoryId)
  if (repository === null) throw new AppError('NOT_FOUND')
  for (let attempt = 1; ; attempt++) {
    const evidence = await collectEvidence({ db }, repository, tag)
    // A move of the last moments is not in the log yet, or waits for the log's witnesses.
    if (evidence.served === evidence.verdict.digest || attempt === attempts.count) return evidence
    await setTimeout(attempts.waitMs)
  }
}

async function collectEvidence(
  { db }: Pick<Context, 'db'>,
  { id, instanceId, path: repository }: NamedRepository,
  tag: string,
): Promise<Evidence> {
  const served = (await findTag(db, id, tag))?.digest ?? null
  const log = await findServedLog(db, instanceId)
  if (log?.phase !== 'started') {
    throw new AppError('UNAVAILABLE', { message: 'the transparency log has not been filled yet: try again later' })
  }
  const leaves = await listLeavesOfTag(db, log, { repository, tag }, leavesMax + 1)
  if (leaves.length > leavesMax) {
    const message = `the tag and its policy have more than ${leavesMax} leaves: verify the whole log, which compares this tag, too (npm run stele -- log verify <address of the log>)`
    throw new AppError('LIMIT_REACHED', { message })
  }
  if (served === null && !leaves.some(({ entry }) => 'tag' in (JSON.parse(entry) as object))) {
    throw new AppError('NOT_FOUND')
  }
  return makeEvidence({
    ...{ repository, tag, checkpoint: log.checkpoint + log.cosignatures, served },
    leaves: leaves.map(({ leafIndex, entry }) => ({ index: leafIndex, line: entry })),
    tiles: tileReader(db, instanceId),
  })
}

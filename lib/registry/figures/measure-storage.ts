import type { Context } from '@/lib/context'
import { dayOf, keptDays, lastDays } from '@/lib/domain/day'
import { leasedJob } from '@/lib/jobs/leased-job'
import type { PeriodicJob } from '@/lib/jobs/job'
import { findLastReclaimableCount, removeDaysBefore, storeReclaimable, storeStorage } from '@/lib/metadata/day-figures'
import type { Database } from '@/lib/metadata/engine/database'
import { listHeldBlobs, spacePageSize } from '@/lib/metadata/held-content'
import { findUnreachedLinks } from '@/lib/metadata/reclaimable'
import { turns } from '@/lib/registry/give-turns'
import { inBatches } from '@/lib/registry/in-batches'

/** Stores what each instance holds today. */
export async function measureStorage(db: Database, now = new Date()): Promise<void> {
  await db.sqlTransaction((tx) => storeStorage(tx, dayOf(now)))
}

/** A link to a blob, and whether a tag reaches it. */
interface Holder {
  readonly instanceId: string
  readonly sizeBytes: bigint
  readonly isReached: boolean
}

/**
 * Counts, for each instance, the bytes of blobs that no tag of the instance reaches: what garbage collection frees when
 * their time is over. In pages, between which other requests run; stores nothing when `signal` is aborted.
 */
export async function measureReclaimable(db: Database, signal?: AbortSignal, now = new Date()): Promise<void> {
  const bytes = new Map<string, number>()
  const giveTurn = turns()
  let digest = ''
  let holders: Holder[] = []
  for (let after = { digest: '', repositoryId: '' }; ;) {
    const page = await listHeldBlobs(db, after)
    const unreached = new Set((await findUnreachedLinks(db, page)).map(keyOf))
    for (const blob of page) {
      if (blob.digest !== digest) {
        addUnreached(holders, bytes)
        holders = []
        digest = blob.digest
      }
      const { instanceId, sizeBytes } = blob
      if (!blob.isDeleted) holders.push({ instanceId, sizeBytes, isReached: !unreached.has(keyOf(blob)) })
    }
    const last = page.at(-1)
    if (last === undefined || page.length < spacePageSize) break
    if (signal?.aborted === true) return
    after = last
    await giveTurn()
  }
  addUnreached(holders, bytes)
  await db.sqlTransaction((tx) => storeReclaimable(tx, bytes, dayOf(now), now))
}

function keyOf({ repositoryId, digest }: { readonly repositoryId: string; readonly digest: string }): string {
  return `${repositoryId} ${digest}`
}

/** Adds a blob to the instances in which no tag reaches it. */
function addUnreached(holders: readonly Holder[], bytes: Map<string, number>): void {
  const reached = new Set(holders.filter(({ isReached }) => isReached).map(({ instanceId }) => instanceId))
  const sizes = new Map(holders.map(({ instanceId, sizeBytes }) => [instanceId, Number(sizeBytes)]))
  for (const [instanceId, size] of sizes) {
    if (!reached.has(instanceId)) bytes.set(instanceId, (bytes.get(instanceId) ?? 0) + size)
  }
}

/** Removes the figures of days that are not kept any more. */
export async function removeOldDays(db: Database, now = new Date()): Promise<void> {
  const [first = ''] = lastDays(keptDays, now)
  await inBatches(db, (tx, rows) => removeDaysBefore(tx, first, rows))
}

/** How old a count of what no tag reaches may be, in milliseconds: it reads every link to a blob. */
const reclaimableOldMs = 6 * 3_600_000

/** Runs these: storage often, which takes a statement, the others when it is time. */
export function storageJob(): PeriodicJob<Context> {
  return leasedJob('FIGURES_STORAGE', 30 * 60_000, {
    name: 'measurement of storage',
    intervalMs: 10 * 60_000,
    also: 'at start',
    async work({ db }, _isLast, signal) {
      const now = new Date()
      await measureStorage(db, now)
      const last = await findLastReclaimableCount(db, lastDays(2, now)[0] ?? '')
      if (last !== null && now.getTime() - last.getTime() < reclaimableOldMs) return
      await measureReclaimable(db, signal, now)
      await removeOldDays(db, now)
    },
  })
}

import type { Context } from '@/lib/context'
import { type Day, dayOf, lastDays } from '@/lib/domain/day'
import type { Principal } from '@/lib/domain/principal'
import { splitRepositoryPath } from '@/lib/domain/reference'
import {
  type InstanceDay,
  findReclaimable,
  getActivity,
  getRefusalFigures,
  listDays,
  listMostPulled,
} from '@/lib/metadata/day-figures'
import { countRepositories, findVisiblePaths, listRepositories } from '@/lib/metadata/repository-listing'
import { getRepositoryTotals, getStorageBytes } from '@/lib/metadata/totals'
import { authorize } from '@/lib/registry/authorize'

/** A repository among the first ones by some figure. */
export interface TopRepository {
  readonly id: string
  readonly namespace: string
  readonly name: string
  /** Of the days that were asked for. */
  readonly pulls: number
  readonly pushes: number
  readonly sizeBytes: number
}

/** The figures of an instance. Times are UTC, ISO 8601. */
export interface Figures {
  /** The oldest first; today is the last one, and not over. */
  readonly days: InstanceDay[]
  readonly mostPulled: TopRepository[]
  readonly largest: TopRepository[]
  readonly immutableCount: number
  /** Of the last seven days. */
  readonly refusals: {
    readonly count: number
    readonly tagCount: number
    readonly repositoryCount: number
    readonly isCapped: boolean
  }
  /** What no tag reaches; null until it has been counted. */
  readonly reclaimable: { readonly bytes: number; readonly countedAt: string } | null
}

/** How many repositories are among the first ones. */
const topMax = 6

const weekDays = 7

/**
 * Returns the figures of an instance for the last `count` days. The principal must be allowed to pull from the whole
 * instance. Throws NOT_FOUND and DENIED.
 */
export async function getFigures(
  { db, ...ctx }: Context,
  principal: Principal,
  instanceId: string,
  count: number,
  now = new Date(),
): Promise<Figures> {
  await authorize({ ...ctx, db }, principal, 'pull', { instanceId })
  const days = lastDays(count, now)
  const since = days[0] ?? dayOf(now)
  const [stored, storageNow, pulled, largest, immutableCount, refusals, reclaimable] = await Promise.all([
    listDays(db, instanceId, since),
    getStorageBytes(db, instanceId),
    listMostPulled(db, instanceId, since, topMax),
    listRepositories(db, { viewer: null, instanceId }, 'size', { descending: true, after: null, limit: topMax }),
    countRepositories(db, { viewer: null, instanceId, immutabilityMode: 'enforce' }),
    getRefusalFigures(db, instanceId, new Date(`${lastDays(weekDays, now)[0] ?? since}T00:00:00Z`)),
    findReclaimable(db, instanceId),
  ])
  const topOf = await describeTop(
    { db },
    [...pulled.map(({ repositoryId }) => repositoryId), ...largest.map(({ id }) => id)],
    since,
  )
  return {
    days: fillDays(days, stored, storageNow),
    mostPulled: pulled.flatMap(({ repositoryId }) => topOf(repositoryId)),
    largest: largest.flatMap(({ id }) => topOf(id)),
    immutableCount,
    refusals,
    reclaimable: reclaimable && { bytes: reclaimable.bytes, countedAt: reclaimable.at.toISOString() },
  }
}

/** Each day, also those on which nothing happened. Today has what the instance holds now, not what it held when it was measured. */
function fillDays(days: readonly Day[], stored: readonly InstanceDay[], storageNow: number): InstanceDay[] {
  const known = new Map(stored.map((day) => [day.day, day]))
  return days.map((day, at) => ({
    ...(known.get(day) ?? { day, pulls: 0, pushes: 0, refusals: 0, storageBytes: null }),
    ...(at === days.length - 1 && { storageBytes: storageNow }),
  }))
}

/** The repositories by id; none for one that is gone. */
async function describeTop(
  { db }: Pick<Context, 'db'>,
  ids: readonly string[],
  since: Day,
): Promise<(id: string) => TopRepository[]> {
  const [paths, totalsOf, activityOf] = await Promise.all([
    findVisiblePaths(db, null, ids),
    getRepositoryTotals(db, ids),
    getActivity(db, ids, since),
  ])
  return (id) => {
    const path = paths.get(id)
    if (path === undefined) return []
    const { namespace = '', name = path } = splitRepositoryPath(path) ?? {}
    const { pulls, pushes } = activityOf(id)
    return [{ id, namespace, name, pulls, pushes, sizeBytes: totalsOf(id).sizeBytes }]
  }
}

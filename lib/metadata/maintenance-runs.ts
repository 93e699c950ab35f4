import type { Source } from './engine/database'

/** What kinds of maintenance there are. */
export type MaintenanceKind = 'GARBAGE_COLLECTION' | 'SCRUB'

/**
 * What a run has done so far, by name. Bytes are numbers too: exact up to 2^53, which is 9 PB, more than one run can
 * read and the limit of the REST API.
 */
export type RunCounts = Readonly<Record<string, number>>

/** What a run was asked to do, by name. */
export type RunOptions = Readonly<Record<string, string | number | boolean>> & { readonly isDryRun?: boolean }

/** A run as stored. */
export interface MaintenanceRunRow {
  readonly id: number
  readonly kind: MaintenanceKind
  readonly state: 'RUNNING' | 'SUCCEEDED' | 'FAILED'
  readonly options: RunOptions
  readonly startedBy: string
  readonly startedAt: Date
  readonly endedAt: Date | null
  readonly counts: RunCounts
  readonly failure: string | null
}

type StoredRun = Omit<MaintenanceRunRow, 'options' | 'counts'> & {
  readonly isDryRun: boolean
  readonly options: string
  readonly counts: string
}

/** Records that a run has started. */
export async function insertRun(
  db: Source,
  {
    options: { isDryRun = false, ...options },
    ...run
  }: Pick<MaintenanceRunRow, 'kind' | 'options' | 'startedBy' | 'startedAt'>,
): Promise<MaintenanceRunRow> {
  return ofStored(
    await db.prisma.maintenanceRun.create({
      data: { ...run, isDryRun, options: JSON.stringify(options), state: 'RUNNING' },
    }),
  )
}

/** Records how far a run is. */
export async function updateRunCounts(db: Source, id: number, counts: RunCounts): Promise<void> {
  await db.prisma.maintenanceRun.updateMany({ where: { id }, data: { counts: JSON.stringify(counts) } })
}

/** Records that a run has ended; `failure` is null when it did all it had to. One that has ended stays as it is. */
export async function endRun(
  db: Source,
  id: number,
  { endedAt, failure }: { readonly endedAt: Date; readonly failure: string | null },
): Promise<void> {
  await db.prisma.maintenanceRun.updateMany({
    where: { id, state: 'RUNNING' },
    data: { state: failure === null ? 'SUCCEEDED' : 'FAILED', endedAt, failure },
  })
}

/** Marks every run of the kind that has not ended as failed. The caller must know that none is running. */
export async function failRunning(
  db: Source,
  kind: MaintenanceKind,
  { endedAt, failure }: { readonly endedAt: Date; readonly failure: string },
): Promise<void> {
  await db.prisma.maintenanceRun.updateMany({
    where: { kind, state: 'RUNNING' },
    data: { state: 'FAILED', endedAt, failure },
  })
}

/** The run of a kind, or null. */
export async function findRun(db: Source, kind: MaintenanceKind, id: number): Promise<MaintenanceRunRow | null> {
  const stored = await db.prisma.maintenanceRun.findFirst({ where: { kind, id } })
  return stored && ofStored(stored)
}

/** The newest run of a kind that was no dry run, or null. */
export async function findLastRun(db: Source, kind: MaintenanceKind): Promise<MaintenanceRunRow | null> {
  const stored = await db.prisma.maintenanceRun.findFirst({ where: { kind, isDryRun: false }, orderBy: { id: 'desc' } })
  return stored && ofStored(stored)
}

/** The newest ended run of each kind that was no dry run, where there is one: what metrics show. */
export async function getLastRuns(db: Source): Promise<MaintenanceRunRow[]> {
  const runs = await Promise.all(
    (['GARBAGE_COLLECTION', 'SCRUB'] as const).map((kind) =>
      db.prisma.maintenanceRun.findFirst({
        where: { kind, isDryRun: false, state: { not: 'RUNNING' } },
        orderBy: { id: 'desc' },
      }),
    ),
  )
  return runs.filter((run) => run !== null).map(ofStored)
}

/** Runs of a kind in the order of their ids, those that follow the run `afterId` in it. */
export async function listRuns(
  db: Source,
  kind: MaintenanceKind,
  {
    descending,
    afterId,
    limit,
  }: { readonly descending: boolean; readonly afterId: number | null; readonly limit: number },
): Promise<MaintenanceRunRow[]> {
  const stored = await db.prisma.maintenanceRun.findMany({
    where: { kind, ...(afterId === null ? {} : { id: descending ? { lt: afterId } : { gt: afterId } }) },
    orderBy: { id: descending ? 'desc' : 'asc' },
    take: limit,
  })
  return stored.map(ofStored)
}

/** How many runs of a kind there have been. */
export async function countRuns(db: Source, kind: MaintenanceKind): Promise<number> {
  return db.prisma.maintenanceRun.count({ where: { kind } })
}

function ofStored({ isDryRun, options, counts, ...run }: StoredRun): MaintenanceRunRow {
  return {
    ...run,
    options: { ...(JSON.parse(options) as RunOptions), isDryRun },
    counts: JSON.parse(counts) as RunCounts,
  }
}

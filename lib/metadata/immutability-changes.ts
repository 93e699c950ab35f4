import type { PolicyRequest } from '@/lib/domain/immutability'
import type { Source, SqlTransaction, Transaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Slice, type Sql, allOf, inOrder } from './engine/listing'
import { lockRow } from './engine/locks'
import type { MatchingRepositories } from './repository-listing'

/** What a change of many repositories has done, by name. */
export interface ChangeCounts {
  /** Repositories that were selected when it started. */
  readonly total: number
  readonly changed: number
  /** Those that had the policy already. */
  readonly unchanged: number
  readonly failed: number
}

/** A repository that could not be changed, and the code of the error. */
export interface ChangeFailure {
  readonly repositoryId: string
  readonly code: string
}

/** The repositories that a change is about: those with these ids, or those that match. */
export type ChangeSelection =
  | { readonly repositoryIds: readonly string[]; readonly filter?: never }
  | { readonly filter: MatchingRepositories; readonly repositoryIds?: never }

/** A change of many repositories as stored. */
export interface ImmutabilityChangeRow {
  readonly id: string
  readonly instanceId: string
  readonly state: 'RUNNING' | 'SUCCEEDED' | 'FAILED'
  readonly policy: NonNullable<PolicyRequest['immutability']>
  readonly selection: ChangeSelection
  readonly reason: string | null
  /** Id of the user who asked for it; `actor` is the name. */
  readonly actorId: string
  readonly actor: string
  readonly credential: string
  readonly address: string
  readonly userAgent: string
  readonly counts: ChangeCounts
  /** The first ones. */
  readonly failures: readonly ChangeFailure[]
  /** Of the repository that it came to last: the id, or with a filter the path. Empty before the first one. */
  readonly position: string
  readonly failure: string | null
  readonly startedAt: Date
  /** When it last came to a repository. */
  readonly movedAt: Date
  readonly endedAt: Date | null
}

type JsonField = 'policy' | 'selection' | 'counts' | 'failures'
type StoredChange = Omit<ImmutabilityChangeRow, JsonField> & Readonly<Record<JsonField, string>>

function toRow(stored: StoredChange): ImmutabilityChangeRow {
  return {
    ...stored,
    policy: JSON.parse(stored.policy) as ImmutabilityChangeRow['policy'],
    selection: JSON.parse(stored.selection) as ChangeSelection,
    counts: JSON.parse(stored.counts) as ChangeCounts,
    failures: JSON.parse(stored.failures) as ChangeFailure[],
  }
}

/** Records a change that starts. */
export async function insertImmutabilityChange(
  tx: Transaction,
  {
    policy,
    selection,
    counts,
    ...change
  }: Omit<ImmutabilityChangeRow, 'state' | 'failures' | 'position' | 'failure' | 'movedAt' | 'endedAt'>,
): Promise<ImmutabilityChangeRow> {
  const stored = await tx.prisma.immutabilityChange.create({
    data: {
      ...change,
      state: 'RUNNING',
      policy: JSON.stringify(policy),
      selection: JSON.stringify(selection),
      counts: JSON.stringify(counts),
      movedAt: change.startedAt,
    },
  })
  return toRow(stored)
}

/** The change, or null. */
export async function findImmutabilityChange(db: Source, id: string): Promise<ImmutabilityChangeRow | null> {
  const stored = await db.prisma.immutabilityChange.findUnique({ where: { id } })
  return stored && toRow(stored)
}

/** The change, locked until the transaction ends; null when it is gone or has ended. */
export async function lockRunningChange(tx: Transaction, id: string): Promise<ImmutabilityChangeRow | null> {
  await lockRow(tx, 'ImmutabilityChange', id)
  const change = await findImmutabilityChange(tx, id)
  return change?.state === 'RUNNING' ? change : null
}

/** Records how far a change is. */
export async function moveImmutabilityChange(
  tx: SqlTransaction,
  id: string,
  { counts, failures, position, movedAt }: Pick<ImmutabilityChangeRow, 'counts' | 'failures' | 'position' | 'movedAt'>,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE "ImmutabilityChange" SET "counts" = ${JSON.stringify(counts)}, "failures" = ${JSON.stringify(failures)},
      "position" = ${position}, "movedAt" = ${movedAt}
    WHERE "id" = ${id}`
}

/**
 * Records that a change has ended; `failure` is null when it came to all repositories. One that has ended stays as it
 * is.
 */
export async function endImmutabilityChange(
  db: Source,
  id: string,
  { endedAt, failure }: { readonly endedAt: Date; readonly failure: string | null },
): Promise<void> {
  await db.prisma.immutabilityChange.updateMany({
    where: { id, state: 'RUNNING' },
    data: { state: failure === null ? 'SUCCEEDED' : 'FAILED', endedAt, failure },
  })
}

/** Ids of the changes that have not ended, the oldest first: all, or those of an instance. */
export async function listRunningChanges(db: Source, instanceId?: string): Promise<string[]> {
  const rows = await db.prisma.immutabilityChange.findMany({
    where: { state: 'RUNNING', ...(instanceId !== undefined && { instanceId }) },
    select: { id: true },
    orderBy: [{ startedAt: 'asc' }, { id: 'asc' }],
  })
  return rows.map(({ id }) => id)
}

/** Which changes a list shows: those of an instance, by one user or by all. */
export interface ImmutabilityChangeFilter {
  readonly instanceId: string
  readonly actorId: string | null
}

/** Changes by when they started; those of one time by id. */
export async function listImmutabilityChanges(
  db: Source,
  filter: ImmutabilityChangeFilter,
  slice: Slice,
): Promise<ImmutabilityChangeRow[]> {
  const stored = await db.read.$queryRaw<StoredChange[]>`
    SELECT c."id", c."instanceId", c."state", c."policy", c."selection", c."reason", c."actorId", c."actor",
      c."credential", c."address", c."userAgent", c."counts", c."failures", c."position", c."failure", c."startedAt",
      c."movedAt", c."endedAt"
    FROM "ImmutabilityChange" c WHERE ${matching(filter)} ${inOrder(Prisma.sql`c."startedAt"`, Prisma.sql`c."id"`, slice)}`
  return stored.map(toRow)
}

/** How many changes the list has. */
export async function countImmutabilityChanges(db: Source, filter: ImmutabilityChangeFilter): Promise<number> {
  const [row] = await db.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "ImmutabilityChange" c WHERE ${matching(filter)}`
  return Number(row?.count)
}

function matching({ instanceId, actorId }: ImmutabilityChangeFilter): Sql {
  return allOf([
    Prisma.sql`c."instanceId" = ${instanceId}`,
    actorId === null ? undefined : Prisma.sql`c."actorId" = ${actorId}`,
  ])
}

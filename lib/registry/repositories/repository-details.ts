import type { Principal } from '@/lib/domain/principal'
import { type Permission, permissionOfRank } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import type { ImmutabilityMode } from '@/lib/domain/immutability'
import { splitRepositoryPath } from '@/lib/domain/reference'
import { listRanks } from '@/lib/metadata/access'
import type { Source } from '@/lib/metadata/engine/database'
import type { PolicySource } from '@/lib/metadata/immutability-policies'
import { type Pulls, getPullsOfRepositories } from '@/lib/metadata/pull-counts'
import { type RepositoryRow, findRepository } from '@/lib/metadata/repository-settings'
import { type RepositoryTotals, getRepositoryTotals } from '@/lib/metadata/totals'
import type { Versioned } from '@/lib/registry/versions'
import { viewerOf } from '@/lib/registry/authorize'

/** The immutability policy of a repository as the console and the API show it. */
export interface RepositoryPolicy {
  readonly mode: ImmutabilityMode
  readonly exemptTags: string[]
  readonly source: PolicySource
}

/** Returns the policy of a repository as it is shown. */
export function policyOf({ immutabilityMode, exemptTags, immutabilitySource }: RepositoryRow): RepositoryPolicy {
  return { mode: immutabilityMode, exemptTags: [...exemptTags], source: immutabilitySource }
}

/** A repository as the console and the API show it. Times are UTC, ISO 8601. */
export interface RepositoryDetails extends Pick<
  RepositoryRow,
  'id' | 'instanceId' | 'namespaceId' | 'name' | 'type' | 'summary' | 'description' | 'updatedBy'
> {
  /** ACR's Immutable: whether the policy is in force (mode `enforce`). */
  readonly tagImmutability: boolean
  readonly immutability: RepositoryPolicy
  /** Name of its namespace. */
  readonly namespace: string
  readonly tagCount: number
  readonly sizeBytes: number
  readonly lastPushedAt: string | null
  readonly pullCount: number
  /** Null: never, as far as it was counted. */
  readonly lastPulledAt: string | null
  readonly createdAt: string
  readonly updatedAt: string
  /** The reader's permission; null when the reader has none any more. */
  readonly access: Permission | null
}

/** Returns the repository. Throws NOT_FOUND. */
export async function requireRepository(db: Source, id: string): Promise<RepositoryRow> {
  const repository = await findRepository(db, id)
  if (repository === null) throw new AppError('NOT_FOUND')
  return repository
}

/** Returns the details of repositories, as shown to a principal. */
export async function describeRepositories(
  db: Source,
  principal: Principal,
  rows: readonly RepositoryRow[],
): Promise<RepositoryDetails[]> {
  const ids = rows.map((row) => row.id)
  const [totalsOf, pullsOf, rankOf] = await Promise.all([
    getRepositoryTotals(db, ids),
    getPullsOfRepositories(db, ids),
    listRanks(db, viewerOf(principal), 'repository', ids),
  ])
  return rows.map((row) =>
    toRepositoryDetails(row, totalsOf(row.id), pullsOf(row.id), permissionOfRank(rankOf(row.id))),
  )
}

/** Returns the details of a repository, as shown to a principal. */
export async function describeRepository(
  db: Source,
  principal: Principal,
  row: RepositoryRow,
): Promise<Versioned<RepositoryDetails>> {
  const [value] = await describeRepositories(db, principal, [row])
  return { value: value as RepositoryDetails, version: String(row.version) }
}

function toRepositoryDetails(
  row: RepositoryRow,
  totals: RepositoryTotals,
  pulls: Pulls,
  access: Permission | null,
): RepositoryDetails {
  return {
    id: row.id,
    instanceId: row.instanceId,
    namespaceId: row.namespaceId,
    namespace: splitRepositoryPath(row.path)?.namespace ?? '',
    name: row.name,
    type: row.type,
    tagImmutability: row.immutabilityMode === 'enforce',
    immutability: policyOf(row),
    summary: row.summary,
    description: row.description,
    ...totals,
    lastPushedAt: totals.lastPushedAt?.toISOString() ?? null,
    pullCount: pulls.pullCount,
    lastPulledAt: pulls.lastPulledAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    updatedBy: row.updatedBy,
    access,
  }
}

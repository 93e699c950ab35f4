import { AppError } from '@/lib/domain/errors'
import { splitRepositoryPath } from '@/lib/domain/reference'
import type { Db } from '@/lib/metadata/database'
import {
  type RepositoryRow,
  type RepositoryTotals,
  findRepository,
  getRepositoryTotals,
} from '@/lib/metadata/repository-settings'
import type { Versioned } from './versions'

/** A repository as the console and the API show it. Times are UTC, ISO 8601. */
export interface RepositoryDetails extends Omit<RepositoryRow, 'path' | 'version' | 'createdAt' | 'updatedAt'> {
  /** Name of its namespace. */
  readonly namespace: string
  readonly tagCount: number
  readonly sizeBytes: number
  readonly lastPushedAt: string | null
  readonly createdAt: string
  readonly updatedAt: string
}

/** The repository. Throws NOT_FOUND. */
export async function requireRepository(db: Db, id: string): Promise<RepositoryRow> {
  const repository = await findRepository(db, id)
  if (repository === null) throw new AppError('NOT_FOUND')
  return repository
}

/** The repository with all that is shown of it. */
export async function describeRepository(db: Db, row: RepositoryRow): Promise<Versioned<RepositoryDetails>> {
  const totalsOf = await getRepositoryTotals(db, [row.id])
  return { value: toRepositoryDetails(row, totalsOf(row.id)), version: String(row.version) }
}

/** Joins what is shown of a repository. */
export function toRepositoryDetails(row: RepositoryRow, totals: RepositoryTotals): RepositoryDetails {
  const { path, version: _, createdAt, updatedAt, ...shown } = row
  return {
    ...shown,
    namespace: splitRepositoryPath(path)?.namespace ?? '',
    ...totals,
    lastPushedAt: totals.lastPushedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}

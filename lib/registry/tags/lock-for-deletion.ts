import { AppError } from '@/lib/domain/errors'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { type RepositoryForTraffic, lockRepositoryExclusively } from '@/lib/metadata/repositories'

/**
 * Locks the repository exclusively until the transaction ends, and returns it: no push that relies on the content to be
 * deleted can be in progress. Throws NOT_FOUND when the repository does not exist.
 */
export async function lockForDeletion(tx: SqlTransaction, repositoryId: string): Promise<RepositoryForTraffic> {
  const repository = await lockRepositoryExclusively(tx, repositoryId)
  if (repository === null) throw new AppError('NOT_FOUND')
  return repository
}

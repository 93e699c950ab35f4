import { AppError } from '@/lib/domain/errors'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { type RepositoryForTraffic, lockRepositoryExclusively } from '@/lib/metadata/repositories'

/**
 * The repository, locked alone until the transaction ends: no push that counts on what is about to be deleted is half
 * way through. Throws NOT_FOUND when the repository is gone.
 */
export async function lockForDeletion(tx: SqlTransaction, repositoryId: string): Promise<RepositoryForTraffic> {
  const repository = await lockRepositoryExclusively(tx, repositoryId)
  if (repository === null) throw new AppError('NOT_FOUND')
  return repository
}

import type { Principal } from '@/lib/domain/principal'
import { rankAllows } from '@/lib/domain/access'
import type { RepositoryForCaller } from '@/lib/metadata/repositories'

/** Returns whether a principal may pull from a repository by its current grants. */
export function mayPull({ kind, role }: Principal, repository: RepositoryForCaller): boolean {
  if (role === 'ADMINISTRATOR' || rankAllows(repository.rank, 'pull')) return true
  return repository.isPublic && (kind !== 'anonymous' || repository.allowAnonymousPull)
}

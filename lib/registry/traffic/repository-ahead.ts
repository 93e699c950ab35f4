import type { RepositoryPath } from '@/lib/domain/reference'
import { type RepositoryForCaller, findRepositoryForCaller } from '@/lib/metadata/repositories'
import type { Context } from '@/lib/context'

/** Which repository, and for whom. */
interface RepositoryQuestion {
  readonly instanceId: string
  readonly path: RepositoryPath
  /** The id of the principal. */
  readonly subjectId: string
}

/** A repository with what a principal may do there, or null. */
export interface FoundRepository extends RepositoryQuestion {
  readonly repository: RepositoryForCaller | null
}

/**
 * Finds a repository for `openRepository`, before it is known that it will be asked for. It decides nothing: what was found
 * is for that function only.
 */
export async function findRepositoryAhead(ctx: Context, question: RepositoryQuestion): Promise<FoundRepository> {
  const { instanceId, path, subjectId } = question
  return { ...question, repository: await findRepositoryForCaller(ctx.db, instanceId, path, subjectId) }
}

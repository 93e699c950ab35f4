import type { Principal } from '@/lib/domain/principal'
import { beginningsOf, preparePatterns } from '@/lib/domain/tag-patterns'
import type { Source } from '@/lib/metadata/engine/database'
import type { RepositoryRow } from '@/lib/metadata/repository-settings'
import { countTags, readTagNamePages } from '@/lib/metadata/tag-listing'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { eachInTurns, turns } from '@/lib/registry/give-turns'
import { type RepositoryPolicy, policyOf, requireRepository } from '@/lib/registry/repositories/repository-details'
import type { Versioned } from '@/lib/registry/versions'

/** The policy of a repository with what it does. */
interface Immutability extends RepositoryPolicy {
  /** Tags that cannot be overwritten now. */
  readonly protectedTagCount: number
}

/** Returns a repository's immutability policy, where it comes from and what it protects. Throws NOT_FOUND. */
export async function getImmutability(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
): Promise<Versioned<Immutability>> {
  await authorize(ctx, principal, 'pull', { repositoryId })
  const repository = await requireRepository(ctx.db, repositoryId)
  const protectedTagCount = await countProtected(ctx.db, repository)
  return { value: { ...policyOf(repository), protectedTagCount }, version: String(repository.version) }
}

async function countProtected(db: Source, repository: RepositoryRow): Promise<number> {
  if (repository.immutabilityMode !== 'enforce') return 0
  const exemptedBy = preparePatterns(repository.exemptTags)
  const giveTurn = turns()
  let exempt = 0
  for await (const names of readTagNamePages(db, repository.id, beginningsOf(repository.exemptTags))) {
    await eachInTurns(names, giveTurn, (name) => {
      if (exemptedBy(name) >= 0) exempt += 1
    })
  }
  return Math.max(0, (await countTags(db, { repositoryId: repository.id })) - exempt)
}

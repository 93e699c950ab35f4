import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import { isProtected } from '@/lib/domain/immutability'
import type { Principal } from '@/lib/domain/principal'
import { listRepositories } from '@/lib/metadata/repository-listing'
import type { RepositoryRow } from '@/lib/metadata/repository-settings'
import { readTagPages } from '@/lib/metadata/tags'
import { authorize } from '@/lib/registry/authorize'
import { deleteNamespace } from '@/lib/registry/namespaces/delete-namespace'
import { requireNamespace } from '@/lib/registry/namespaces/namespace-details'
import { deleteRepository } from './delete-repository'

/** How many repositories are read with one statement. */
const pageSize = 100

/** How many repositories with protected tags the error names. */
const namedMax = 10

/**
 * Deletes a namespace with all its repositories, each as `deleteRepository` does and in a transaction of its own: what is
 * done when this fails stays done, and the same request again does the rest.
 *
 * Deletes nothing when a repository has protected tags, whoever asks: such a repository is deleted by itself, with its
 * name and a reason. Throws NOT_FOUND, REPOSITORY_PROTECTED with the first ten such repositories, and NOT_EMPTY when a
 * push makes a repository meanwhile.
 */
export async function deleteNamespaceWithContent(ctx: Context, principal: Principal, id: string): Promise<void> {
  await authorize(ctx, principal, 'manage', { namespaceId: id })
  const { instanceId, name } = await requireNamespace(ctx.db, id)
  const kept: string[] = []
  for await (const repository of repositoriesOf(ctx, instanceId, name)) {
    if (await hasProtectedTags(ctx, repository)) kept.push(repository.path)
    if (kept.length === namedMax) break
  }
  if (kept.length > 0) {
    const message = 'repositories of the namespace have immutable tags'
    throw new AppError('REPOSITORY_PROTECTED', { message, detail: { repositories: kept } })
  }
  for await (const repository of repositoriesOf(ctx, instanceId, name)) {
    await deleteUnlessGone(ctx, principal, repository.id)
  }
  await deleteNamespace(ctx, principal, id, null)
}

async function* repositoriesOf(ctx: Context, instanceId: string, namespace: string): AsyncGenerator<RepositoryRow> {
  const filter = { viewer: null, instanceId, namespace }
  for (let after: { key: string; tie: string } | null = null; ;) {
    const slice = { descending: false, after, limit: pageSize }
    const page: RepositoryRow[] = await listRepositories(ctx.db, filter, 'name', slice)
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    after = { key: last.name, tie: last.path }
  }
}

async function hasProtectedTags(ctx: Context, repository: RepositoryRow): Promise<boolean> {
  if (repository.immutabilityMode !== 'enforce') return false
  for await (const tags of readTagPages(ctx.db, repository.id)) {
    if (tags.some((tag) => isProtected(repository, tag.name))) return true
  }
  return false
}

/** Somebody may delete it at the same time. */
async function deleteUnlessGone(ctx: Context, principal: Principal, repositoryId: string): Promise<void> {
  try {
    await deleteRepository(ctx, principal, repositoryId, {}, null)
  } catch (error) {
    if (!AppError.is(error) || error.code !== 'NOT_FOUND') throw error
  }
}

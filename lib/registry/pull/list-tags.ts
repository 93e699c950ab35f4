import type { Principal } from '@/lib/domain/principal'
import { listTagNames } from '@/lib/metadata/tags'
import type { Context } from '@/lib/context'
import { type OpenedRepository, assertOpened } from '@/lib/registry/traffic/opened-repository'
import { type NamePage, readNamePage } from '@/lib/registry/traffic/name-page'

/** Returns at most `limit` tag names after `last`, which need not be a tag. */
export async function listTags(
  ctx: Context,
  principal: Principal,
  repository: OpenedRepository,
  limit: number,
  last: string,
): Promise<NamePage> {
  assertOpened(repository, principal, 'pull')
  return readNamePage(limit, (count) => listTagNames(ctx.db, repository.id, count, last))
}

import { listTagNames } from '@/lib/metadata/tags'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'
import type { Context } from '@/lib/context'
import { type NamePage, readNamePage } from '@/lib/registry/traffic/name-page'

/** At most `limit` tag names after `last`, which need not be a tag. */
export async function listTags(
  ctx: Context,
  repository: RepositoryForTraffic,
  limit: number,
  last: string,
): Promise<NamePage> {
  return readNamePage(limit, (count) => listTagNames(ctx.db, repository.id, count, last))
}

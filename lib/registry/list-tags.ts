import { listTagNames } from '@/lib/metadata/tags'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'
import type { Context } from './context'

/** A page of tag names in byte order, and whether more follow. */
export interface TagNamePage {
  readonly names: readonly string[]
  readonly hasMore: boolean
}

/** At most `limit` tag names after `last`, which need not be a tag. A limit of 0 is an empty page with nothing after it. */
export async function listTags(
  ctx: Context,
  repository: RepositoryForTraffic,
  limit: number,
  last: string | undefined,
): Promise<TagNamePage> {
  if (limit === 0) return { names: [], hasMore: false }
  const names = await listTagNames(ctx.db, repository.id, limit + 1, last)
  return { names: names.slice(0, limit), hasMore: names.length > limit }
}

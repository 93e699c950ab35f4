import { listTags as listTagsOfRepository } from '@/lib/registry/pull/list-tags'
import { type Call, answerList } from './call'
import { linkNextPage, parseLast, parsePageSize } from './paging'

/** GET of the tags in byte order, in pages (distribution-spec, "Listing tags"). */
export async function listTags({ ctx, request, response, principal, repository, query }: Call): Promise<void> {
  const limit = parsePageSize(query)
  const { names, next } = await listTagsOfRepository(ctx, principal, repository, limit, parseLast(query))
  if (next !== null) linkNextPage(response, `/v2/${repository.path}/tags/list`, { n: String(limit), last: next })
  answerList({ request, response }, 'application/json', JSON.stringify({ name: repository.path, tags: names }))
}

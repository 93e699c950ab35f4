import { listTags as listTagsOfRepository } from '@/lib/registry/pull/list-tags'
import { type Call, answerList, pathAtHost } from './call'
import { linkNextPage, parseLast, parsePageSize } from './paging'

/** GET of the tags in byte order, in pages (distribution-spec, "Listing tags"). */
export async function listTags(call: Call): Promise<void> {
  const { ctx, request, response, principal, repository, query } = call
  const limit = parsePageSize(query)
  const { names, next } = await listTagsOfRepository(ctx, principal, repository, limit, parseLast(query))
  const name = pathAtHost(call)
  if (next !== null) linkNextPage(response, `/v2/${name}/tags/list`, { n: String(limit), last: next })
  answerList({ request, response }, 'application/json', JSON.stringify({ name, tags: names }))
}

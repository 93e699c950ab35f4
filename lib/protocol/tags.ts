import { AppError } from '@/lib/domain/errors'
import { listTags as listTagsOfRepository } from '@/lib/registry/list-tags'
import type { Call } from './call'

/** Tags of one page, where the client asks for more or says nothing. */
const pageMax = 1000

/** GET of the tags in byte order, in pages (distribution-spec, "Listing tags"). */
export async function listTags({ ctx, response, repository, query }: Call): Promise<void> {
  const limit = parsePageSize(query.get('n'))
  const { names, hasMore } = await listTagsOfRepository(ctx, repository, limit, query.get('last') ?? undefined)
  const body = JSON.stringify({ name: repository.path, tags: names })
  const next = `/v2/${repository.path}/tags/list?n=${limit}&last=${encodeURIComponent(names.at(-1) ?? '')}`
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...(hasMore && { Link: `<${next}>; rel="next"` }),
  })
  response.end(body)
}

function parsePageSize(text: string | null): number {
  if (text === null) return pageMax
  if (!/^\d{1,9}$/.test(text)) throw new AppError('PAGE_INVALID', { message: 'n is a number of tags, 0 or more' })
  return Math.min(Number(text), pageMax)
}

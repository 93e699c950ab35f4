import { listRepositoryPaths } from '@/lib/registry/traffic/list-repository-paths'
import { type RegistryCall, answerEmpty, answerList } from './call'
import { linkNextPage, parseLast, parsePageSize } from './paging'

/** GET of the base path: shows that this is a registry and the credentials are valid ("Determining Support"). */
export function getBase({ response }: RegistryCall): void {
  answerEmpty(response, 200, {})
}

/** Comes after every path in byte order: a path has no such character. */
const afterAllPaths = '~'

/**
 * GET of the instance's repositories that the caller may pull from, in byte order, in pages. It is not part of the
 * distribution specification; the format is that of Docker's registry, which clients know.
 */
export async function listRepositories({
  ctx,
  request,
  response,
  instance,
  prefix,
  principal,
  query,
}: RegistryCall): Promise<void> {
  const limit = parsePageSize(query)
  const last = lastInInstance(prefix, parseLast(query))
  const { names, next } = await listRepositoryPaths(ctx, principal, instance.id, limit, last)
  if (next !== null) linkNextPage(response, '/v2/_catalog', { n: String(limit), last: `${prefix}${next}` })
  const repositories = names.map((name) => `${prefix}${name}`)
  answerList({ request, response }, 'application/json', JSON.stringify({ repositories }))
}

/** Where a list continues, as a path of the instance: all listed names start with `prefix`. */
function lastInInstance(prefix: string, last: string): string {
  if (last.startsWith(prefix)) return last.slice(prefix.length)
  return last < prefix ? '' : afterAllPaths
}

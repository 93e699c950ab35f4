import { recordRegistryLogOn } from '@/lib/auth/registry-log-on-events'
import { listRepositoryPaths } from '@/lib/registry/list-repository-paths'
import { type RegistryCall, answerEmpty, answerJson } from './call'
import { originOf } from './authenticate'
import { linkNextPage, parseLast, parsePageSize } from './paging'

/**
 * GET of the base: the registry is here and the credentials are good (distribution-spec, "Determining Support"). With the
 * credentials themselves it is how a client logs on that takes no token.
 */
export async function getBase({ ctx, request, response, instance, principal }: RegistryCall): Promise<void> {
  const { kind, token } = principal
  if (token === null && (kind === 'user' || kind === 'robot')) {
    await recordRegistryLogOn(ctx.db, { bearer: { ...principal, kind }, instanceId: instance.id }, originOf(request))
  }
  answerEmpty(response, 200, {})
}

/**
 * GET of the instance's repositories that the caller may pull from, in byte order, in pages. Not in the distribution
 * specification: the form is that of Docker's registry, which clients know.
 */
export async function listRepositories({ ctx, response, instance, principal, query }: RegistryCall): Promise<void> {
  const limit = parsePageSize(query)
  const { names, next } = await listRepositoryPaths(ctx, principal, instance.id, limit, parseLast(query))
  if (next !== null) linkNextPage(response, '/v2/_catalog', { n: String(limit), last: next })
  answerJson(response, 'application/json', { repositories: names })
}

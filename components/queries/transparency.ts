import { queryOptions } from '@tanstack/react-query'
import { api, linkTo, withQuery } from '@/lib/api/client/api'
import type { transparencyLog } from '@/lib/api/schemas/instances'
import type { evidence } from '@/lib/domain/transparency/evidence'
import { tagPath } from './tags'

/** How often the head of a log is asked for again while it is shown, in milliseconds. */
const againMs = 5_000

/**
 * The head of an instance's transparency log, with the count of leaves about a repository. Fails with DENIED for who may
 * not pull from the whole instance.
 */
export function transparencyLogQuery(instanceId: string, repositoryId: string) {
  return queryOptions({
    queryKey: ['transparency', instanceId, repositoryId],
    queryFn: ({ signal }) =>
      api.get<typeof transparencyLog>(withQuery(`/instances/${instanceId}/transparency-log`, { repositoryId }), {
        signal,
      }),
    refetchInterval: againMs,
  })
}

/** What the log tells of a tag that points at `digest`. */
export function tagEvidenceQuery(repositoryId: string, tag: string, digest: string) {
  return queryOptions({
    queryKey: ['tags', repositoryId, 'evidence', tag, digest],
    queryFn: ({ signal }) => api.get<typeof evidence>(`${tagPath(repositoryId, tag)}/evidence`, { signal }),
  })
}

/** The address of a tag's evidence, to download. */
export function tagEvidenceHref(repositoryId: string, tag: string): string {
  return linkTo(`${tagPath(repositoryId, tag)}/evidence`)
}

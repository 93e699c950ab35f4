import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, linkTo, withQuery } from '@/lib/api/client/api'
import type { comparison } from '@/lib/api/schemas/comparison'
import type { attachmentPage, manifestDetails } from '@/lib/api/schemas/manifests'
import type { tagSpace } from '@/lib/api/schemas/space'
import { joined } from './joined'
import { tagPath } from './tags'

/** What is inside a manifest. Fails with NOT_FOUND where the repository has none of this digest. */
export function manifestQuery(repositoryId: string, digest: string) {
  return queryOptions({
    queryKey: ['tags', repositoryId, 'manifest', digest],
    queryFn: ({ signal }) => api.get<typeof manifestDetails>(manifestPath(repositoryId, digest), { signal }),
  })
}

/** The text of a manifest as it was pushed. */
export function manifestTextQuery(repositoryId: string, digest: string) {
  return textQuery(`${manifestPath(repositoryId, digest)}/content`)
}

/** The text of a file that a manifest refers to: of an attachment, a config. */
export function fileTextQuery(repositoryId: string, digest: string, fileDigest: string) {
  return textQuery(`${manifestPath(repositoryId, digest)}/files/${fileDigest}`)
}

/** What a digest names never changes: it is read once, and not kept longer than it is shown. */
function textQuery(path: string) {
  return queryOptions({
    queryKey: ['content', path],
    queryFn: ({ signal }) => api.getText(path, { signal }),
    staleTime: Infinity,
    gcTime: 0,
  })
}

/** The address that downloads a manifest as it was pushed. */
export function manifestHref(repositoryId: string, digest: string): string {
  return linkTo(`${manifestPath(repositoryId, digest)}/content`)
}

/** The address that downloads a file that a manifest refers to. */
export function fileHref(repositoryId: string, digest: string, fileDigest: string): string {
  return linkTo(`${manifestPath(repositoryId, digest)}/files/${fileDigest}`)
}

/** What is attached to a manifest, as far as pages of it were asked for. */
export function attachmentsQuery(repositoryId: string, digest: string) {
  return infiniteQueryOptions({
    queryKey: ['tags', repositoryId, 'attachments', digest],
    queryFn: ({ signal, pageParam }) =>
      api.get<typeof attachmentPage>(
        withQuery(`${manifestPath(repositoryId, digest)}/attachments`, { cursor: pageParam }),
        {
          signal,
        },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }) => joined(pages),
  })
}

/** The room that a tag takes in the whole storage. */
export function tagSpaceQuery(repositoryId: string, tag: string) {
  return queryOptions({
    queryKey: ['tags', repositoryId, 'space', tag],
    queryFn: ({ signal }) => api.get<typeof tagSpace>(`${tagPath(repositoryId, tag)}/space`, { signal }),
  })
}

interface ComparisonParameters {
  /** A tag or a digest. */
  before: string
  after: string
  /** Empty: the first that both have. */
  platform: string
}

/** How two images of a repository differ. */
export function comparisonQuery(repositoryId: string, parameters: ComparisonParameters) {
  return queryOptions({
    queryKey: ['tags', repositoryId, 'comparison', parameters],
    queryFn: ({ signal }) =>
      api.get<typeof comparison>(withQuery(`/repositories/${repositoryId}/comparison`, { ...parameters }), { signal }),
    placeholderData: keepPreviousData,
  })
}

function manifestPath(repositoryId: string, digest: string): string {
  return `/repositories/${repositoryId}/manifests/${digest}`
}

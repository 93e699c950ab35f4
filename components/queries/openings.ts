import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { api, withQuery } from '@/lib/api/client/api'
import { pageSizeMax } from '@/lib/api/schemas/limits'
import type { openTagBody, opening, openingPage } from '@/lib/api/schemas/immutability'
import type { tombstonePage } from '@/lib/api/schemas/tags'
import { useInvalidate } from './invalidate'
import { joined } from './joined'
import { useChange } from './use-change'

const openings = (repositoryId: string) => `/repositories/${repositoryId}/immutability/openings`
const tombstones = (repositoryId: string) => `/repositories/${repositoryId}/immutability/tombstones`

/** How often an open page looks whether a tag was opened or closed meanwhile. */
const openRefetchMs = 30_000

/** The openings of a repository that are open now. */
export function openNowQuery(repositoryId: string) {
  return queryOptions({
    queryKey: ['openings', repositoryId, 'open'],
    queryFn: ({ signal }) =>
      api.get<typeof openingPage>(withQuery(openings(repositoryId), { isOpen: 'true', pageSize: pageSizeMax }), {
        signal,
      }),
    refetchInterval: openRefetchMs,
  })
}

/** The openings of a repository, the newest first, as far as pages of them were asked for. */
export function openingsQuery(repositoryId: string) {
  return infiniteQueryOptions({
    queryKey: ['openings', repositoryId, 'list'],
    queryFn: ({ signal, pageParam }) =>
      api.get<typeof openingPage>(withQuery(openings(repositoryId), { cursor: pageParam }), { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }) => joined(pages),
  })
}

/** The reserved names of a repository, as far as pages of them were asked for. */
export function reservedNamesQuery(repositoryId: string) {
  return infiniteQueryOptions({
    queryKey: ['reserved-names', repositoryId],
    queryFn: ({ signal, pageParam }) =>
      api.get<typeof tombstonePage>(withQuery(tombstones(repositoryId), { cursor: pageParam }), { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }) => joined(pages),
  })
}

/** Opens a tag. Fails with TAG_NOT_PROTECTED, TAG_RESERVED, ALREADY_OPEN, or NOT_FOUND for the tag. */
export function useOpenTag(repositoryId: string) {
  return useChange({
    mutationFn: (body: z.infer<typeof openTagBody>) => api.post<typeof opening>(openings(repositoryId), body),
    onSuccess: useInvalidate(['openings', repositoryId], ['tag-events']),
  })
}

/** Closes an opening. */
export function useCloseOpening(repositoryId: string) {
  return useChange({
    mutationFn: (openingId: string) => api.delete(`${openings(repositoryId)}/${openingId}`),
    onSuccess: useInvalidate(['openings', repositoryId], ['tag-events']),
  })
}

/** Releases a reserved name, with a reason. */
export function useReleaseName(repositoryId: string) {
  return useChange({
    mutationFn: ({ tag, reason }: { tag: string; reason: string }) =>
      api.deleteWith(`${tombstones(repositoryId)}/${encodeURIComponent(tag)}`, { reason }),
    onSuccess: useInvalidate(['reserved-names', repositoryId], ['tag-events']),
  })
}

import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import type { grant, grantPage, grantSubjectPage } from '@/lib/api/schemas/grants'

/** Which grants: of a subject, or of a scope and what lies in it (`within`) or what it lies in (`reaching`). */
export interface GrantFilter {
  subjectId?: string
  scopeId?: string
  relation?: 'within' | 'reaching'
}

/** Which grants a list shows, in which order. */
export interface GrantListParameters extends GrantFilter {
  search?: string
  subjectType?: string
  permission?: string
  sort?: string
  pageSize: number
  cursor?: string | undefined
}

/** A page of grants. */
export function grantsQuery(parameters: GrantListParameters) {
  return queryOptions({
    queryKey: ['grants', 'list', parameters],
    queryFn: ({ signal }) => api.get<typeof grantPage>(withQuery('/grants', { ...parameters }), { signal }),
    placeholderData: keepPreviousData,
  })
}

/** One grant and its version. */
export function grantQuery(grantId: string) {
  return queryOptions({
    queryKey: ['grants', 'one', grantId],
    queryFn: ({ signal }) => api.getVersioned<typeof grant>(`/grants/${grantId}`, { signal }),
  })
}

/** The first users and robots, by name, that something may be granted to on a scope. */
export function grantSubjectsQuery(scopeId: string, search: string) {
  return queryOptions({
    queryKey: ['grants', 'subjects', scopeId, search],
    queryFn: ({ signal }) =>
      api.get<typeof grantSubjectPage>(withQuery('/grant-subjects', { scopeId, search }), { signal }),
  })
}

import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import type { user, userPage } from '@/lib/api/schemas/users'

/** Which users a list shows, in which order. */
export interface UserListParameters {
  search: string
  role: string
  isDisabled: string
  sort: string
  pageSize: number
  cursor: string | undefined
  page: number | undefined
}

/** A page of users. */
export function usersQuery(parameters: UserListParameters) {
  return queryOptions({
    queryKey: ['users', 'list', parameters],
    queryFn: ({ signal }) => api.get<typeof userPage>(withQuery('/users', { ...parameters }), { signal }),
    placeholderData: keepPreviousData,
  })
}

/** One user and their version. */
export function userQuery(userId: string) {
  return queryOptions({
    queryKey: ['users', 'one', userId],
    queryFn: ({ signal }) => api.getVersioned<typeof user>(`/users/${userId}`, { signal }),
  })
}

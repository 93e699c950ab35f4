import { useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from '@/lib/api/client/api'
import type { invitation, inviteUserBody } from '@/lib/api/schemas/invitations'
import type { user, UpdateUserBody, createUserBody } from '@/lib/api/schemas/users'
import { useInvalidate } from './invalidate'
import { showSaved } from './saved'
import { useChange } from './use-change'
import { userQuery } from './users'
import type { UserListParameters } from './users'

/** Makes a user. Fails with ALREADY_EXISTS when the name is taken. */
export function useCreateUser() {
  return useChange({
    mutationFn: (body: z.input<typeof createUserBody>) => api.post<typeof user>('/users', body),
    onSuccess: useInvalidate(['users'], ['grants', 'list']),
    // It holds a password: nothing keeps it once it is sent.
    gcTime: 0,
  })
}

/** Changes a user; with an `etag`, fails with PRECONDITION_FAILED when the version has changed. */
export function useUpdateUser(userId: string) {
  const queryClient = useQueryClient()
  return useChange({
    mutationFn: ({ body, etag }: { body: UpdateUserBody; etag?: string }) =>
      api.patch<typeof user>(`/users/${userId}`, body, etag === undefined ? {} : { ifMatch: etag }),
    onSuccess: (saved) =>
      Promise.all([
        showSaved(queryClient, saved, {
          one: userQuery(userId).queryKey,
          lists: ['users', 'list'],
          mayMove: ({ queryKey: [, , parameters] }) => isFiltered(parameters as UserListParameters),
        }),
        // They name the user. The list on the user's own page does not: it need not be read again at once.
        queryClient.invalidateQueries({ queryKey: ['grants', 'list'], refetchType: 'none' }),
      ]),
    // It may hold a password.
    gcTime: 0,
  })
}

/** Makes a user who sets the password by an invitation. Fails with ALREADY_EXISTS when the name is taken. */
export function useInviteUser() {
  return useChange({
    mutationFn: (body: z.input<typeof inviteUserBody>) => api.post<typeof invitation>('/invitations', body),
    onSuccess: useInvalidate(['users'], ['grants']),
    // The answer holds the link: it is not kept once it is no longer shown.
    gcTime: 0,
  })
}

/** Makes a new invitation of a user who has no password yet; the former one ends. */
export function useRenewInvitation(userId: string) {
  return useChange({
    mutationFn: () => api.post<typeof invitation>(`/users/${userId}/invitation`, undefined),
    onSuccess: useInvalidate(['users']),
    gcTime: 0,
  })
}

/** Revokes the open invitation of a user. */
export function useRevokeInvitation(userId: string) {
  return useChange({
    mutationFn: () => api.delete(`/users/${userId}/invitation`),
    onSuccess: useInvalidate(['users']),
  })
}

/** Removes the second factor of a user who has lost it. */
export function useResetSecondFactor(userId: string) {
  return useChange({
    mutationFn: () => api.delete(`/users/${userId}/second-factor`),
    onSuccess: useInvalidate(['users'], ['grants', 'list']),
  })
}

/**
 * Deletes a user with grants, sessions and credentials.
 *
 * What was read of the user is left in place until their page is gone: asking again would answer "not found".
 */
export function useDeleteUser(userId: string) {
  return useChange({
    mutationFn: (etag: string) => api.delete(`/users/${userId}`, { ifMatch: etag }),
    onSuccess: useInvalidate(['users', 'list'], ['grants']),
  })
}

function isFiltered({ search, role, isDisabled }: UserListParameters): boolean {
  return search !== '' || role !== '' || isDisabled !== ''
}

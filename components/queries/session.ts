import { queryOptions, useMutation } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from '@/lib/api/client/api'
import type { shownInvitation, acceptInvitationBody } from '@/lib/api/schemas/invitations'
import type { session, createSessionBody } from '@/lib/api/schemas/sessions'

/** Logs on. Fails with UNAUTHORIZED when user name and password do not fit. */
export function useLogOn() {
  return useMutation({
    mutationFn: (body: z.input<typeof createSessionBody>) => api.post<typeof session>('/session', body),
    // The password is kept nowhere.
    gcTime: 0,
  })
}

/** Whom an invitation is for, and whether it can be used. Fails with NOT_FOUND for a token that is none. */
export function invitationQuery(token: string) {
  return queryOptions({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => api.post<typeof shownInvitation>('/invitation', { token }, { signal }),
    gcTime: 0,
  })
}

/** Sets the password of an invited user and logs on. Fails with INVITATION_ENDED when it can be used no more. */
export function useAcceptInvitation() {
  return useMutation({
    mutationFn: (body: z.input<typeof acceptInvitationBody>) =>
      api.post<typeof session>('/invitation/acceptance', body),
    // The password is kept nowhere.
    gcTime: 0,
  })
}

/** Reads who is logged on. Fails with UNAUTHORIZED when nobody is. */
export function readSession() {
  return api.get<typeof session>('/session')
}

import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { api, withQuery } from '@/lib/api/client/api'
import type {
  profile,
  recoveryCodes,
  secondFactor,
  secondFactorSetup,
  changePasswordBody,
  confirmPasswordBody,
  confirmSecondFactorBody,
} from '@/lib/api/schemas/profile'
import type { sessionPage } from '@/lib/api/schemas/sessions'
import { useInvalidate } from './invalidate'

/** Whose account it is. */
export function profileQuery() {
  return queryOptions({
    queryKey: ['profile'],
    queryFn: ({ signal }) => api.get<typeof profile>('/profile', { signal }),
  })
}

/** Whether the second factor is on. */
export function secondFactorQuery() {
  return queryOptions({
    queryKey: ['profile', 'second-factor'],
    queryFn: ({ signal }) => api.get<typeof secondFactor>('/profile/second-factor', { signal }),
  })
}

/** A page of one's own sessions, the newest first. */
export function sessionsQuery(parameters: { pageSize: number; cursor: string | undefined }) {
  return queryOptions({
    queryKey: ['sessions', parameters],
    queryFn: ({ signal }) => api.get<typeof sessionPage>(withQuery('/sessions', { ...parameters }), { signal }),
    placeholderData: keepPreviousData,
  })
}

/* What is typed and answered below is secret: nothing keeps it once it is not shown any more (`gcTime: 0`). */

/** Changes one's own password. Fails with BAD_REQUEST that names the field at fault. */
export function useChangePassword() {
  return useMutation({
    mutationFn: (body: z.input<typeof changePasswordBody>) => api.put('/profile/password', body),
    onSuccess: useInvalidate(['sessions']),
    gcTime: 0,
  })
}

/** Makes a secret for an authenticator app. */
export function useSetUpSecondFactor() {
  return useMutation({
    mutationFn: (body: z.input<typeof confirmPasswordBody>) =>
      api.post<typeof secondFactorSetup>('/profile/second-factor', body),
    gcTime: 0,
  })
}

/** Turns the second factor on; returns the recovery codes. */
export function useConfirmSecondFactor() {
  return useMutation({
    mutationFn: (body: z.input<typeof confirmSecondFactorBody>) =>
      api.post<typeof recoveryCodes>('/profile/second-factor/confirmation', body),
    onSuccess: useInvalidate(secondFactorQuery().queryKey),
    gcTime: 0,
  })
}

/** Makes new recovery codes. */
export function useRenewRecoveryCodes() {
  return useMutation({
    mutationFn: (body: z.input<typeof confirmPasswordBody>) =>
      api.post<typeof recoveryCodes>('/profile/second-factor/recovery-codes', body),
    onSuccess: useInvalidate(secondFactorQuery().queryKey),
    gcTime: 0,
  })
}

/** Turns the second factor off. */
export function useTurnSecondFactorOff() {
  return useMutation({
    mutationFn: (body: z.input<typeof confirmPasswordBody>) =>
      api.postForNothing('/profile/second-factor/removal', body),
    onSuccess: useInvalidate(secondFactorQuery().queryKey),
    gcTime: 0,
  })
}

/** Ends one session. */
export function useEndSession() {
  return useMutation({
    mutationFn: (id: string) => api.delete(`/sessions/${id}`),
    onSettled: useInvalidate(['sessions']),
  })
}

/** Ends all sessions, this one too. */
export function useEndAllSessions() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => api.delete('/sessions'),
    onSuccess: () => queryClient.clear(),
  })
}

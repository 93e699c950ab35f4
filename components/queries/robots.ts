import { keepPreviousData, queryOptions, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { api, withQuery } from '@/lib/api/client/api'
import type { Versioned } from '@/lib/api/client/api'
import type {
  robot,
  robotPage,
  robotWithSecret,
  RobotView,
  createRobotBody,
  updateRobotBody,
} from '@/lib/api/schemas/robots'
import { useInvalidate } from './invalidate'
import { showSaved } from './saved'
import { useChange } from './use-change'

interface RobotListParameters {
  /** Null for the robots of all instances. */
  instanceId: string | null
  search: string
  pageSize: number
  cursor: string | undefined
}

/** A page of robots. */
export function robotsQuery({ instanceId, ...parameters }: RobotListParameters) {
  return queryOptions({
    queryKey: ['robots', 'list', instanceId, parameters],
    queryFn: ({ signal }) =>
      api.get<typeof robotPage>(
        withQuery(instanceId === null ? '/robots' : `/instances/${instanceId}/robots`, { ...parameters }),
        { signal },
      ),
    placeholderData: keepPreviousData,
  })
}

/** One robot and its version. */
export function robotQuery(robotId: string) {
  return queryOptions({
    queryKey: ['robots', 'one', robotId],
    queryFn: ({ signal }) => api.getVersioned<typeof robot>(`/robots/${robotId}`, { signal }),
  })
}

/** How the keys begin of the lists of robots, and of grants, which name them. */
const listing = [['robots', 'list'], ['grants']] as const

/** Makes a robot. Fails with ALREADY_EXISTS when the instance has one of that name. */
export function useCreateRobot() {
  return useChange({
    mutationFn: ({ instanceId, body }: { instanceId: string; body: z.input<typeof createRobotBody> }) =>
      api.post<typeof robotWithSecret>(`/instances/${instanceId}/robots`, body),
    onSuccess: useInvalidate(...listing),
    // The answer holds the secret: it is not kept once it is no longer shown.
    gcTime: 0,
  })
}

/** Changes a robot. Fails with PRECONDITION_FAILED when the version is no longer that of `etag`. */
export function useUpdateRobot(robotId: string) {
  const show = useShowSavedRobot()
  return useChange({
    mutationFn: ({ body, etag }: { body: z.input<typeof updateRobotBody>; etag: string }) =>
      api.patch<typeof robot>(`/robots/${robotId}`, body, { ifMatch: etag }),
    onSuccess: show,
  })
}

/** Enables a robot, of whichever version it is: there is nothing to decide on. */
export function useEnableRobot() {
  const show = useShowSavedRobot()
  return useChange({
    mutationFn: (robotId: string) => api.patch<typeof robot>(`/robots/${robotId}`, { isDisabled: false }, {}),
    onSuccess: show,
  })
}

/** Gives a robot a new secret; the old one stops at once. */
export function useRotateSecret(robotId: string) {
  return useChange({
    mutationFn: () => api.post<typeof robotWithSecret>(`/robots/${robotId}/secret`, undefined),
    onSuccess: useInvalidate(...listing),
    gcTime: 0,
  })
}

/** Deletes a robot with its grants. */
export function useDeleteRobot(robotId: string) {
  return useChange({
    mutationFn: (etag: string) => api.delete(`/robots/${robotId}`, { ifMatch: etag }),
    onSuccess: useInvalidate(...listing),
  })
}

/** The robot itself and the lists of robots; what grants say of it is read again. */
function useShowSavedRobot() {
  const queryClient = useQueryClient()
  return (saved: Versioned<RobotView>) =>
    Promise.all([
      showSaved(queryClient, saved, { one: robotQuery(saved.data.id).queryKey, lists: ['robots', 'list'] }),
      queryClient.invalidateQueries({ queryKey: ['grants'] }),
    ])
}

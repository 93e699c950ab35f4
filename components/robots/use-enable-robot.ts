import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api/client/api'
import { robot } from '@/lib/api/schemas/robots'

/** Enables a robot, of whichever version it is: there is nothing to decide on. */
export function useEnableRobot() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (robotId: string) => api.patch(`/robots/${robotId}`, { isDisabled: false }, robot, {}),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['robots'] }),
  })
}

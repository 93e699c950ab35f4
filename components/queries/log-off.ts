import { useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api/client/api'

/**
 * Returns what logs off, and forgets all that was read on behalf of the person. It rejects as every request does. No
 * mutation: every page has this, and most load what mutations need with a dialog.
 */
export function useLogOff(): () => Promise<void> {
  const queryClient = useQueryClient()
  return async () => {
    await api.delete('/session')
    queryClient.clear()
  }
}

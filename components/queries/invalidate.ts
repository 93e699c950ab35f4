import { useQueryClient } from '@tanstack/react-query'
import type { QueryKey } from '@tanstack/react-query'

/**
 * What a mutation does when it has succeeded: what begins with these keys is read again, at once where it is on screen,
 * else when it is next shown. The mutation is pending until it has been read.
 */
export function useInvalidate(...keys: readonly QueryKey[]) {
  const queryClient = useQueryClient()
  return () => Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })))
}

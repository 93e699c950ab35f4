import { useMutation } from '@tanstack/react-query'
import type { UseMutationOptions } from '@tanstack/react-query'
import { rehearse } from '@/lib/api/client/api'
import type { PlannedRequest } from '@/lib/api/client/api'

interface ChangeOptions<Result, Variables> extends Omit<UseMutationOptions<Result, Error, Variables>, 'mutationFn'> {
  mutationFn: (variables: Variables) => Promise<Result>
}

/** A mutation that can also tell, without sending it, which request it would send first; null: none that changes something. */
export function useChange<Result, Variables = void>(options: ChangeOptions<Result, Variables>) {
  const mutation = useMutation<Result, Error, Variables>(options)
  return {
    ...mutation,
    plan: (variables: Variables): PlannedRequest | null => {
      const request = rehearse(() => options.mutationFn(variables))
      return request?.method === 'GET' ? null : request
    },
  }
}

'use client'

import { RequestId } from './request-id'
import { useToast } from './toast'
import { useErrorText } from './use-error-text'

/** Says in a toast why a call failed. */
export function useErrorToast() {
  const toast = useToast()
  const errorText = useErrorText()
  return (error: unknown) => toast({ kind: 'danger', title: errorText(error), body: <RequestId error={error} /> })
}

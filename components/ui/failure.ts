import { UnreachableError } from '@/lib/api/client/api-error'

interface Read {
  data?: unknown
  error: unknown
  /** Whether it waits for the connection. */
  isPaused: boolean
  /** Whether `data` is that of another page. */
  isPlaceholderData?: boolean
}

/**
 * Why a read gave nothing to show; null where it did, or may still. One that waits for the connection has failed for
 * whoever looks at it, although it goes on when the connection is back.
 */
export function failureOf({ data, error, isPaused, isPlaceholderData = false }: Read): unknown {
  if (error === null && isPaused && (data === undefined || isPlaceholderData)) {
    return new UnreachableError('the browser is offline')
  }
  return error
}

import { isApiError } from '@/lib/api/client/api-error'
import { Banner } from './banner'
import { RequestId } from './request-id'
import { useErrorText } from './use-error-text'

/**
 * Why the server refused a form, at its top; nothing while there is no error. That the session has ended is what the log-on
 * says that opens over the dialog, and Confirm works after it.
 */
export function FormError({ error }: { error: unknown }) {
  const errorText = useErrorText()
  if (!error || isApiError(error, 'UNAUTHORIZED')) return null
  return (
    <Banner tone="danger" icon="refused">
      <p>{errorText(error)}</p>
      <RequestId error={error} />
    </Banner>
  )
}

import { isApiError } from '@/lib/api/client/api-error'
import { Banner } from './banner'
import type { RefusedField } from './refused-fields'
import { RequestId } from './request-id'
import { useErrorText } from './use-error-text'
import { useReasonText } from './use-reason-text'

interface FormErrorProps {
  error: unknown
  /** What it says of fields that the form does not show. */
  fields?: readonly RefusedField[]
}

/**
 * Why the server refused a form, at its top; nothing while there is no error. That the session has ended is what the log-on
 * says that opens over the dialog, and Confirm works after it.
 */
export function FormError({ error, fields = [] }: FormErrorProps) {
  const errorText = useErrorText()
  const reasonOf = useReasonText()
  if (!error || isApiError(error, 'UNAUTHORIZED')) return null
  const text = errorText(error)
  const reasons = fields.map(({ path, message }) => ({ path, text: reasonOf(error, message).text }))
  return (
    <Banner tone="danger" icon="refused">
      <p>{text}</p>
      {reasons
        .filter((reason) => reason.text !== text)
        .map((reason) => (
          <p key={`${reason.path} ${reason.text}`}>
            <code>{reason.path}</code>: {reason.text}
          </p>
        ))}
      <RequestId error={error} />
    </Banner>
  )
}

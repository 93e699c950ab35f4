import { Banner } from './banner'
import { useErrorText } from './use-error-text'

/** Why the server refused a form, at its top; nothing while there is no error. */
export function FormError({ error }: { error: unknown }) {
  const errorText = useErrorText()
  if (!error) return null
  return (
    <Banner tone="danger" icon="refused">
      <p>{errorText(error)}</p>
    </Banner>
  )
}

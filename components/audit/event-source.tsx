import type { AuditEventView } from '@/lib/api/schemas/audit-events'
import { useClientText, useCredentialText } from './use-source-words'

/** Where an event came from: the address, and beneath it the client and the credential. */
export function EventSource({ event }: { event: AuditEventView }) {
  const clientText = useClientText()
  const credentialText = useCredentialText()
  return (
    <span className="cell-stack audit-from">
      <span>{event.address || '—'}</span>
      <small title={event.userAgent}>
        {[clientText(event.userAgent), credentialText(event)].filter((text) => text !== '').join(' · ')}
      </small>
    </span>
  )
}

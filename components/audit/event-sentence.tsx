import type { AuditEventView } from '@/lib/api/schemas/audit-events'
import { auditActions } from '@/lib/domain/audit'
import type { AuditAction } from '@/lib/domain/audit'
import { classNames } from '../ui/class-names'
import { Icon } from '../ui/icon'
import type { IconName } from '../ui/icon'
import { AuditSentence } from './audit-sentence'

const icons: Record<AuditAction, IconName> = {
  CREATE: 'plus',
  UPDATE: 'edit',
  DELETE: 'trash',
  LOG_ON: 'key',
  LOG_ON_FAILED: 'refused',
  LOG_OFF: 'logoff',
  START: 'play',
}

/** What an event did, and why. A failed log-on stands out. */
export function EventSentence({ event }: { event: AuditEventView }) {
  const known = auditActions.find((one) => one === event.action)
  return (
    <span className={classNames('audit-event', event.action === 'LOG_ON_FAILED' && 'is-danger')}>
      <Icon name={known === undefined ? 'warn' : icons[known]} />
      <span>
        <AuditSentence event={event} />
        {event.reason !== null && <small>{event.reason}</small>}
      </span>
    </span>
  )
}

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
  LOG_ON: 'logon',
  LOG_ON_FAILED: 'refused',
  LOG_OFF: 'logoff',
  START: 'play',
}

/** An opening has the sign that it has everywhere. */
const openingIcons: Partial<Record<AuditAction, IconName>> = { CREATE: 'unlock', DELETE: 'lock' }

function iconOf({ action, targetType }: AuditEventView): IconName {
  const known = auditActions.find((one) => one === action)
  if (known === undefined) return 'warn'
  return (targetType === 'TAG_OPENING' && openingIcons[known]) || icons[known]
}

/** What an event did, and why. A failed log-on stands out. */
export function EventSentence({ event }: { event: AuditEventView }) {
  return (
    <span className={classNames('audit-event', event.action === 'LOG_ON_FAILED' && 'is-danger')}>
      <Icon name={iconOf(event)} />
      <span>
        <AuditSentence event={event} />
        {event.reason !== null && <small>{event.reason}</small>}
      </span>
    </span>
  )
}

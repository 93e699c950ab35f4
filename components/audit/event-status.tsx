import { useTranslations } from 'next-intl'
import { auditActions, auditTargetTypes } from '@/lib/domain/audit'
import type { AuditAction, AuditTargetType } from '@/lib/domain/audit'
import type { IconName } from '../ui/icon'
import { Status } from '../ui/status'

const icons: Record<AuditAction, IconName> = {
  CREATE: 'plus',
  UPDATE: 'edit',
  DELETE: 'trash',
  LOG_ON: 'key',
  LOG_ON_FAILED: 'refused',
  LOG_OFF: 'logoff',
  START: 'play',
}

/** What an event did. A failed log-on stands out. */
export function EventStatus({ action }: { action: string }) {
  const actionText = useActionText()
  const known = auditActions.find((one) => one === action)
  return (
    <Status
      icon={known === undefined ? 'warn' : icons[known]}
      {...(action === 'LOG_ON_FAILED' ? { tone: 'danger' as const } : {})}
    >
      {actionText(action)}
    </Status>
  )
}

/** The word for what an event did; one that Stele does not know stays as it is. */
export function useActionText() {
  const t = useTranslations()
  return (action: string) => {
    const known = auditActions.find((one) => one === action)
    return known === undefined ? action : t(`audit.actions.${known}`)
  }
}

/** The word for what an event is about; one that Stele does not know stays as it is. */
export function useTargetText() {
  const t = useTranslations()
  return (targetType: string) => {
    const known: AuditTargetType | undefined = auditTargetTypes.find((one) => one === targetType)
    return known === undefined ? targetType : t(`audit.targets.${known}`)
  }
}

import { useTranslations } from 'next-intl'
import { auditActions, auditTargetTypes } from '@/lib/domain/audit'
import type { AuditTargetType } from '@/lib/domain/audit'

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

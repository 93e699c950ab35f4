'use client'

import { useTranslations } from 'next-intl'
import type { GrantView } from '@/lib/api/schemas/grants'
import { useDeleteGrant } from '../queries/grant-changes'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { useScopeText } from './use-scope-text'

interface RevokeGrantDialogProps {
  grant: GrantView
  onClose: () => void
}

/** Takes back what was granted. */
export function RevokeGrantDialog({ grant, onClose }: RevokeGrantDialogProps) {
  const t = useTranslations()
  const scopeText = useScopeText()
  const revoke = useDeleteGrant(grant.id)
  const named = { subject: grant.subject.name, scope: scopeText(grant.scope) }

  return (
    <ConfirmDialog
      title={t('grants.revokeTitle')}
      subject={t('grants.named', named)}
      consequence={t('grants.revokeConsequence', { ...named, permission: t(`grants.permissions.${grant.permission}`) })}
      confirm={t('grants.revoke')}
      action={revoke}
      variables={undefined}
      done={{ title: t('grants.revoked', named) }}
      onClose={onClose}
    />
  )
}

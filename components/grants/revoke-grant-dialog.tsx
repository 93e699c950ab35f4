'use client'

import { useTranslations } from 'next-intl'
import type { GrantView } from '@/lib/api/schemas/grants'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { useToast } from '../ui/toast'
import { useDeleteGrant } from './queries'
import { useScopeText } from './use-scope-text'

interface RevokeGrantDialogProps {
  grant: GrantView
  onClose: () => void
}

/** Takes back what was granted. */
export function RevokeGrantDialog({ grant, onClose }: RevokeGrantDialogProps) {
  const t = useTranslations()
  const toast = useToast()
  const scopeText = useScopeText()
  const revoke = useDeleteGrant(grant.id)
  const named = { subject: grant.subject.name, scope: scopeText(grant.scope) }
  return (
    <Dialog
      title={t('grants.revokeTitle')}
      subject={t('grants.named', named)}
      confirm={t('grants.revoke')}
      danger
      busy={revoke.isPending}
      onClose={onClose}
      onSubmit={() =>
        revoke.mutate(undefined, {
          onSuccess: () => {
            toast({ title: t('grants.revoked', named) })
            onClose()
          },
        })
      }
    >
      <FormError error={revoke.error} />
      <p>{t('grants.revokeConsequence', { ...named, permission: t(`grants.permissions.${grant.permission}`) })}</p>
    </Dialog>
  )
}

'use client'

import { useTranslations } from 'next-intl'
import type { UserView } from '@/lib/api/schemas/users'
import { useRenewInvitation } from '../queries/user-changes'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { InvitationLinkDialog } from './invitation-link-dialog'

/** Gives a user who has no password yet a new invitation, then shows its link. */
export function RenewInvitationDialog({ user, onClose }: { user: UserView; onClose: () => void }) {
  const t = useTranslations()
  const renew = useRenewInvitation(user.id)
  if (renew.data) return <InvitationLinkDialog invitation={renew.data} onClose={onClose} />
  return (
    <ConfirmDialog
      title={t('invitations.renew')}
      subject={user.name}
      consequence={t('invitations.renewConsequence')}
      confirm={t('common.confirm')}
      danger={false}
      action={renew}
      variables={undefined}
      onClose={onClose}
    />
  )
}

'use client'

import { useTranslations } from 'next-intl'
import type { UserView } from '@/lib/api/schemas/users'
import { useRevokeInvitation } from '../queries/user-changes'
import { ConfirmDialog } from '../ui/confirm-dialog'

/** Revokes the link that a user was sent. */
export function RevokeInvitationDialog({ user, onClose }: { user: UserView; onClose: () => void }) {
  const t = useTranslations()
  const revoke = useRevokeInvitation(user.id)
  return (
    <ConfirmDialog
      title={t('invitations.revoke')}
      subject={user.name}
      consequence={t('invitations.revokeConsequence')}
      confirm={t('invitations.revoke')}
      action={revoke}
      variables={undefined}
      done={{ title: t('invitations.revokedDone', { name: user.name }) }}
      onClose={onClose}
    />
  )
}

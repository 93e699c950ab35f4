'use client'

import { Suspense } from 'react'
import type { UserView } from '@/lib/api/schemas/users'
import { lazyComponent } from '../ui/lazy-component'

const EditUserDialog = lazyComponent(() => import('./edit-user-dialog'), 'EditUserDialog')
const RenewInvitationDialog = lazyComponent(() => import('./renew-invitation-dialog'), 'RenewInvitationDialog')
const RevokeInvitationDialog = lazyComponent(() => import('./revoke-invitation-dialog'), 'RevokeInvitationDialog')
const SwitchUserDialog = lazyComponent(() => import('./switch-user-dialog'), 'SwitchUserDialog')
const SetPasswordDialog = lazyComponent(() => import('./set-password-dialog'), 'SetPasswordDialog')
const ResetSecondFactorDialog = lazyComponent(() => import('./reset-second-factor-dialog'), 'ResetSecondFactorDialog')
const DeleteUserDialog = lazyComponent(() => import('./delete-user-dialog'), 'DeleteUserDialog')

/** What can be done to a user in a dialog. */
export type UserCommand = 'edit' | 'invite' | 'revokeInvitation' | 'switch' | 'password' | 'secondFactor' | 'delete'

interface UserDialogsProps {
  /** Null: none is open. */
  open: { command: UserCommand; user: UserView } | null
  onClose: () => void
  onDeleted?: () => void
}

/** The dialog of a command that was chosen for a user, in the list or on the user's page. */
export function UserDialogs({ open, onClose, onDeleted }: UserDialogsProps) {
  if (open === null) return null
  const { command, user } = open
  return (
    <Suspense>
      {command === 'edit' && <EditUserDialog userId={user.id} onClose={onClose} />}
      {command === 'invite' && <RenewInvitationDialog user={user} onClose={onClose} />}
      {command === 'revokeInvitation' && <RevokeInvitationDialog user={user} onClose={onClose} />}
      {command === 'switch' && <SwitchUserDialog user={user} onClose={onClose} />}
      {command === 'password' && <SetPasswordDialog user={user} onClose={onClose} />}
      {command === 'secondFactor' && <ResetSecondFactorDialog user={user} onClose={onClose} />}
      {command === 'delete' && (
        <DeleteUserDialog userId={user.id} onClose={onClose} {...(onDeleted ? { onDeleted } : {})} />
      )}
    </Suspense>
  )
}

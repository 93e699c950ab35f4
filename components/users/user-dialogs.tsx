'use client'

import { Suspense, lazy } from 'react'
import type { UserView } from '@/lib/api/schemas/users'

// Loaded when one is opened: most visits open none.
const EditUserDialog = lazy(() => import('./edit-user-dialog').then((module) => ({ default: module.EditUserDialog })))
const SwitchUserDialog = lazy(() =>
  import('./switch-user-dialog').then((module) => ({ default: module.SwitchUserDialog })),
)
const SetPasswordDialog = lazy(() =>
  import('./set-password-dialog').then((module) => ({ default: module.SetPasswordDialog })),
)
const ResetSecondFactorDialog = lazy(() =>
  import('./reset-second-factor-dialog').then((module) => ({ default: module.ResetSecondFactorDialog })),
)
const DeleteUserDialog = lazy(() =>
  import('./delete-user-dialog').then((module) => ({ default: module.DeleteUserDialog })),
)

/** What can be done to a user in a dialog. */
export type UserCommand = 'edit' | 'switch' | 'password' | 'secondFactor' | 'delete'

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
      {command === 'switch' && <SwitchUserDialog user={user} onClose={onClose} />}
      {command === 'password' && <SetPasswordDialog user={user} onClose={onClose} />}
      {command === 'secondFactor' && <ResetSecondFactorDialog user={user} onClose={onClose} />}
      {command === 'delete' && (
        <DeleteUserDialog userId={user.id} onClose={onClose} {...(onDeleted ? { onDeleted } : {})} />
      )}
    </Suspense>
  )
}

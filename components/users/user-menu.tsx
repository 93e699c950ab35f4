'use client'

import { useTranslations } from 'next-intl'
import type { UserView } from '@/lib/api/schemas/users'
import { Menu, MenuItem } from '../ui/menu'
import { Icon } from '../ui/icon'
import type { UserCommand } from './user-dialogs'

interface UserMenuProps {
  user: UserView
  /** The name and look of the button. */
  label: string
  className: string
  /** Whether it is the reader's own account: nobody disables or deletes that, nor sets its password here. */
  isOwn: boolean
  onCommand: (command: UserCommand) => void
}

/** What else can be done to a user; nothing for one's own account, whose pages are under Your Account. */
export function UserMenu({ user, label, className, isOwn, onCommand }: UserMenuProps) {
  const t = useTranslations()
  if (isOwn) return null
  return (
    <Menu label={label} className={className} button={<Icon name="dots" />}>
      {user.awaitsPassword && (
        <MenuItem icon="link" onSelect={() => onCommand('invite')}>
          {t('invitations.renew')}
        </MenuItem>
      )}
      {user.invitation !== null && (
        <MenuItem icon="trash" onSelect={() => onCommand('revokeInvitation')}>
          {t('invitations.revoke')}
        </MenuItem>
      )}
      <MenuItem icon="password" onSelect={() => onCommand('password')}>
        {t('users.setPassword')}
      </MenuItem>
      {user.hasSecondFactor && (
        <MenuItem icon="security" onSelect={() => onCommand('secondFactor')}>
          {t('users.resetSecondFactor')}
        </MenuItem>
      )}
      <MenuItem icon={user.isDisabled ? 'turnon' : 'off'} onSelect={() => onCommand('switch')}>
        {user.isDisabled ? t('users.enable') : t('users.disable')}
      </MenuItem>
      <MenuItem icon="trash" danger onSelect={() => onCommand('delete')}>
        {t('users.delete')}
      </MenuItem>
    </Menu>
  )
}

'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useLogOff } from '../queries/log-off'
import { accountHref, manualHref } from '../routes'
import { Menu, MenuItem } from '../ui/menu'
import { useErrorToast } from '../ui/use-error-toast'

interface AccountMenuProps {
  userName: string
  isAdministrator: boolean
}

/** Who is logged on, the ways to their own account, and Log off. */
export function AccountMenu({ userName, isAdministrator }: AccountMenuProps) {
  const t = useTranslations()
  const router = useRouter()
  const errorToast = useErrorToast()
  const logOff = useLogOff()
  return (
    <Menu
      label={t('frame.account', { name: userName })}
      className="bar-button"
      button={<span className="avatar">{initialsOf(userName)}</span>}
      head={
        <>
          <strong>{userName}</strong>
          <small>{isAdministrator ? t('frame.administrator') : t('frame.member')}</small>
        </>
      }
    >
      <MenuItem icon="security" onSelect={() => router.push(accountHref('security'))}>
        {t('account.security')}
      </MenuItem>
      <MenuItem icon="key" onSelect={() => router.push(accountHref('access-keys'))}>
        {t('account.accessKeys')}
      </MenuItem>
      <MenuItem icon="help" onSelect={() => router.push(manualHref())}>
        {t('help.manual')}
      </MenuItem>
      <MenuItem
        icon="logoff"
        onSelect={() =>
          // A whole new page: nothing of the person's stays in memory.
          void logOff().then(() => location.assign('/login'), errorToast)
        }
      >
        {t('frame.logOff')}
      </MenuItem>
    </Menu>
  )
}

/** One letter of each of the first two words, or the first two of the only one. */
function initialsOf(userName: string): string {
  const [first = '', second] = userName.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  const letters = second === undefined ? first.slice(0, 2) : first.charAt(0) + second.charAt(0)
  return letters.toUpperCase()
}

'use client'

import { useTranslations } from 'next-intl'
import type { UserView } from '@/lib/api/schemas/users'
import { EnabledStatus, Status } from '../ui/status'
import { useNowMs } from '../ui/use-now'

/** What a user may do in general, in a row. */
export function RoleStatus({ role }: { role: UserView['role'] }) {
  const t = useTranslations()
  return role === 'ADMINISTRATOR' ? (
    <Status icon="administrator" tone="accent">
      {t('users.roles.ADMINISTRATOR')}
    </Status>
  ) : (
    <Status icon="user">{t('users.roles.MEMBER')}</Status>
  )
}

/** Whether a user can log on, in a row; one who was invited and has set no password yet cannot. */
export function UserState({ user }: { user: Pick<UserView, 'isDisabled' | 'awaitsPassword' | 'invitation'> }) {
  const t = useTranslations()
  const nowMs = useNowMs()
  const { isDisabled, awaitsPassword, invitation } = user
  if (isDisabled || !awaitsPassword) {
    return <EnabledStatus isEnabled={!isDisabled} words={[t('users.enabled'), t('users.disabled')]} />
  }
  if (invitation === null) {
    return (
      <Status icon="warn" tone="warn">
        {t('invitations.noPassword')}
      </Status>
    )
  }
  return Date.parse(invitation.expiresAt) <= nowMs ? (
    <Status icon="warn" tone="warn">
      {t('invitations.expired')}
    </Status>
  ) : (
    <Status icon="clock" tone="quiet">
      {t('invitations.invited')}
    </Status>
  )
}

/** Whether the log-on asks for a second factor, in a row. */
export function SecondFactorState({ isOn }: { isOn: boolean }) {
  const t = useTranslations()
  return isOn ? (
    <Status icon="ok" tone="ok">
      {t('users.on')}
    </Status>
  ) : (
    <Status icon="off" tone="quiet">
      {t('users.off')}
    </Status>
  )
}

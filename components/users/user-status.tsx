'use client'

import { useTranslations } from 'next-intl'
import type { UserView } from '@/lib/api/schemas/users'
import { EnabledStatus, Status } from '../ui/status'

/** What a user may do in general, in a row. */
export function RoleStatus({ role }: { role: UserView['role'] }) {
  const t = useTranslations()
  return role === 'ADMINISTRATOR' ? (
    <Status icon="shield" tone="accent">
      {t('users.roles.ADMINISTRATOR')}
    </Status>
  ) : (
    <Status icon="users">{t('users.roles.MEMBER')}</Status>
  )
}

/** Whether a user may log on, in a row. */
export function UserState({ isDisabled }: { isDisabled: boolean }) {
  const t = useTranslations()
  return <EnabledStatus isEnabled={!isDisabled} words={[t('users.enabled'), t('users.disabled')]} />
}

/** Whether the log-on asks for a second factor, in a row. */
export function SecondFactorState({ isOn }: { isOn: boolean }) {
  const t = useTranslations()
  return isOn ? (
    <Status icon="ok" tone="ok">
      {t('users.on')}
    </Status>
  ) : (
    <Status icon="free" tone="quiet">
      {t('users.off')}
    </Status>
  )
}

'use client'

import { useTranslations } from 'next-intl'
import type { GrantView } from '@/lib/api/schemas/grants'
import { Status } from '../ui/status'

type Permission = GrantView['permission']

const icons = { PULL: 'pull', PUSH: 'push', MANAGE: 'manage' } as const

/** What a grant allows, in a row. */
export function PermissionStatus({ permission }: { permission: Permission }) {
  const t = useTranslations()
  return <Status icon={icons[permission]}>{t(`grants.permissions.${permission}`)}</Status>
}

'use client'

import { useTranslations } from 'next-intl'
import type { GrantView } from '@/lib/api/schemas/grants'
import { permissions } from '@/lib/domain/access'
import { Choice, FieldSet } from '../ui/field'
import { Status } from '../ui/status'

type Permission = GrantView['permission']

const icons = { PULL: 'pull', PUSH: 'push', MANAGE: 'edit' } as const

/** What a grant allows, in a row. */
export function PermissionStatus({ permission }: { permission: Permission }) {
  const t = useTranslations()
  return <Status icon={icons[permission]}>{t(`grants.permissions.${permission}`)}</Status>
}

interface PermissionChoicesProps {
  value: Permission
  onChange: (permission: Permission) => void
}

/** The choice of what a grant allows. */
export function PermissionChoices({ value, onChange }: PermissionChoicesProps) {
  const t = useTranslations()
  return (
    <FieldSet legend={t('grants.permission')}>
      {permissions.map((permission) => (
        <Choice
          key={permission}
          type="radio"
          name="permission"
          label={t(`grants.permissions.${permission}`)}
          help={t(`grants.permissionHelp.${permission}`)}
          checked={permission === value}
          onChange={() => onChange(permission)}
        />
      ))}
    </FieldSet>
  )
}

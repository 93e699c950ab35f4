'use client'

import { useTranslations } from 'next-intl'
import type { GrantView } from '@/lib/api/schemas/grants'
import { permissions } from '@/lib/domain/access'
import { Choice, FieldSet } from '../ui/field'

type Permission = GrantView['permission']

interface PermissionChoicesProps<Value extends Permission | null> {
  value: Value
  onChange: (permission: Value) => void
  /** The choice to grant nothing, where there is one. */
  none?: { value: Value; label: string; help: string }
}

/** The choice of what a grant allows. */
export function PermissionChoices<Value extends Permission | null>(props: PermissionChoicesProps<Value>) {
  const { value, onChange, none } = props
  const t = useTranslations()
  return (
    <FieldSet legend={t('grants.permission')} path="permission">
      {none && (
        <Choice
          type="radio"
          name="permission"
          label={none.label}
          help={none.help}
          checked={value === none.value}
          onChange={() => onChange(none.value)}
        />
      )}
      {permissions.map((permission) => (
        <Choice
          key={permission}
          type="radio"
          name="permission"
          label={t(`grants.permissions.${permission}`)}
          help={t(`grants.permissionHelp.${permission}`)}
          checked={permission === value}
          onChange={() => onChange(permission as Value)}
        />
      ))}
    </FieldSet>
  )
}

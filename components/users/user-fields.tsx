'use client'

import { useTranslations } from 'next-intl'
import type { UserView } from '@/lib/api/schemas/users'
import { displayNameMaxLength } from '@/lib/api/schemas/users'
import { Choice, FieldSet, TextField } from '../ui/field'

/** What an administrator sets of a user. */
export type UserSettings = Pick<UserView, 'displayName' | 'role'>

interface UserFieldsProps {
  values: UserSettings
  /** Whether the display name is none that may be set. */
  isNameWrong: boolean
  onChange: (change: Partial<UserSettings>) => void
}

/** The fields of `UserSettings`, for the dialogs that create and edit. */
export function UserFields({ values, isNameWrong, onChange }: UserFieldsProps) {
  const t = useTranslations()
  return (
    <>
      <TextField
        label={t('users.displayName')}
        name="displayName"
        maxLength={displayNameMaxLength}
        help={t('users.displayNameHelp')}
        error={isNameWrong ? t('users.displayNameRule') : undefined}
        value={values.displayName}
        onChange={(event) => onChange({ displayName: event.target.value })}
      />
      <FieldSet legend={t('users.role')} path="role">
        {(['MEMBER', 'ADMINISTRATOR'] as const).map((role) => (
          <Choice
            key={role}
            type="radio"
            name="role"
            label={t(`users.roles.${role}`)}
            help={t(`users.roleHelp.${role}`)}
            checked={role === values.role}
            onChange={() => onChange({ role })}
          />
        ))}
      </FieldSet>
    </>
  )
}

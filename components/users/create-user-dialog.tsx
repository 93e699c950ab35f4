'use client'

import { useTranslations } from 'next-intl'
import { createUserBody } from '@/lib/api/schemas/users'
import { CountPulls } from '../figures/count-pulls'
import { useCreateUser } from '../queries/user-changes'
import { Dialog } from '../ui/dialog'
import { NameField } from '../ui/name-field'
import { useForm } from '../ui/use-form'
import { NewPasswordFields, useRepetition } from './new-password-fields'
import { UserFields } from './user-fields'
import type { UserSettings } from './user-fields'

const initial: UserSettings & { name: string; arePullsCounted: boolean; password: string } = {
  name: '',
  displayName: '',
  role: 'MEMBER',
  arePullsCounted: true,
  password: '',
}

/** Makes a user, with the password they log on with first. */
export function CreateUserDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations()
  const create = useCreateUser()
  const repetition = useRepetition()
  const form = useForm({
    initial,
    schema: createUserBody,
    action: create,
    variables: (body) => body,
    check: repetition.check,
    done: ({ name, role }) => ({
      title: t('users.made', { name }),
      body: role === 'ADMINISTRATOR' ? t('users.madeAdministrator') : t('users.madeMember'),
    }),
    onClose,
  })
  return (
    <Dialog title={t('users.create')} confirm={t('common.confirm')} {...form.dialog}>
      <NameField
        form={form}
        label={t('users.name')}
        maxLength={64}
        autoCapitalize="none"
        rule={t('users.nameRule')}
        taken={t('users.nameTaken')}
      />
      <UserFields
        values={form.values}
        isNameWrong={form.isWrong('displayName')}
        onChange={({ displayName, role }) => {
          if (displayName !== undefined) form.set('displayName', displayName)
          if (role !== undefined) form.set('role', role)
        }}
      />
      <CountPulls
        checked={form.values.arePullsCounted}
        onChange={(isCounted) => form.set('arePullsCounted', isCounted)}
      />
      <NewPasswordFields form={form} repetition={repetition} />
    </Dialog>
  )
}

'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import { createUserBody } from '@/lib/api/schemas/users'
import { useCreateUser } from '../queries/users'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/field'
import { FormError } from '../ui/form-error'
import { useToast } from '../ui/toast'
import { focusField, useForm } from '../ui/use-form'
import { NewPasswordFields } from './new-password-fields'
import { UserFields } from './user-fields'
import type { UserSettings } from './user-fields'

const initial: UserSettings & { name: string; password: string } = {
  name: '',
  displayName: '',
  role: 'MEMBER',
  password: '',
}

/** Makes a user, with the password they log on with first. */
export function CreateUserDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations()
  const toast = useToast()
  const create = useCreateUser()
  const form = useForm(initial, createUserBody)
  const [confirmation, setConfirmation] = useState('')
  const [isChecked, setChecked] = useState(false)
  const isTaken = isApiError(create.error, 'ALREADY_EXISTS')

  function nameError() {
    if (isTaken) return t('users.nameTaken')
    return form.isWrong('name') ? t('users.nameRule') : undefined
  }

  return (
    <Dialog
      title={t('users.create')}
      confirm={t('common.confirm')}
      busy={create.isPending}
      onClose={onClose}
      onSubmit={(event) => {
        const element = event.currentTarget
        setChecked(true)
        const body = form.check(element)
        if (!body) return
        if (body.password !== confirmation) {
          focusField(element, ['confirmation'])
          return
        }
        create.mutate(body, {
          onSuccess: (made) => {
            toast({
              title: t('users.made', { name: made.name }),
              body: made.role === 'ADMINISTRATOR' ? t('users.madeAdministrator') : t('users.madeMember'),
            })
            onClose()
          },
          onError: (error) => form.refused(error, element),
        })
      }}
    >
      {!isTaken && !isApiError(create.error, 'BAD_REQUEST') && <FormError error={create.error} />}
      <TextField
        label={t('users.name')}
        name="name"
        maxLength={64}
        spellCheck={false}
        autoCapitalize="none"
        required
        help={t('users.nameRule')}
        value={form.values.name}
        error={nameError()}
        onChange={(event) => {
          create.reset()
          form.set('name', event.target.value)
        }}
      />
      <UserFields
        values={form.values}
        isNameWrong={form.isWrong('displayName')}
        onChange={({ displayName, role }) => {
          if (displayName !== undefined) form.set('displayName', displayName)
          if (role !== undefined) form.set('role', role)
        }}
      />
      <NewPasswordFields
        values={{ password: form.values.password, confirmation }}
        onChange={(change) => {
          if (change.password !== undefined) form.set('password', change.password)
          if (change.confirmation !== undefined) setConfirmation(change.confirmation)
        }}
        isWrong={form.isWrong('password')}
        isChecked={isChecked}
      />
    </Dialog>
  )
}

'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import { updateUserBody } from '@/lib/api/schemas/users'
import type { UserView } from '@/lib/api/schemas/users'
import { useUpdateUser } from '../queries/users'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { useToast } from '../ui/toast'
import { focusField, useForm } from '../ui/use-form'
import { NewPasswordFields } from './new-password-fields'

/** Gives a user another password, for who has lost theirs. */
export function SetPasswordDialog({ user, onClose }: { user: UserView; onClose: () => void }) {
  const t = useTranslations()
  const toast = useToast()
  const update = useUpdateUser(user.id)
  const form = useForm({ password: '' }, updateUserBody)
  const [confirmation, setConfirmation] = useState('')
  const [isChecked, setChecked] = useState(false)
  return (
    <Dialog
      title={t('users.setPassword')}
      subject={user.name}
      confirm={t('common.confirm')}
      busy={update.isPending}
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
        update.mutate(
          { body },
          {
            onSuccess: () => {
              toast({ title: t('users.passwordSet', { name: user.name }), body: t('users.passwordSetNext') })
              onClose()
            },
            onError: (error) => form.refused(error, element),
          },
        )
      }}
    >
      {!isApiError(update.error, 'BAD_REQUEST') && <FormError error={update.error} />}
      <p>{t('users.setPasswordConsequence')}</p>
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

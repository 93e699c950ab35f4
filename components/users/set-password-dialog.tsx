'use client'

import { useTranslations } from 'next-intl'
import { updateUserBody } from '@/lib/api/schemas/users'
import type { UserView } from '@/lib/api/schemas/users'
import { useUpdateUser } from '../queries/user-changes'
import { Dialog } from '../ui/dialog'
import { useForm } from '../ui/use-form'
import { NewPasswordFields, useRepetition } from './new-password-fields'

/** Sets the password of a user who has lost theirs. */
export function SetPasswordDialog({ user, onClose }: { user: UserView; onClose: () => void }) {
  const t = useTranslations()
  const update = useUpdateUser(user.id)
  const repetition = useRepetition()
  const form = useForm({
    initial: { password: '' },
    schema: updateUserBody,
    action: update,
    variables: (body) => ({ body }),
    check: repetition.check,
    done: () => ({ title: t('users.passwordSet', { name: user.name }), body: t('users.passwordSetNext') }),
    onClose,
  })
  return (
    <Dialog title={t('users.setPassword')} subject={user.name} confirm={t('common.confirm')} {...form.dialog}>
      <p>{t('users.setPasswordConsequence')}</p>
      <NewPasswordFields form={form} repetition={repetition} />
    </Dialog>
  )
}

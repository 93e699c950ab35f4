'use client'

import { useTranslations } from 'next-intl'
import { z } from 'zod'
import { setPasswordBody } from '@/lib/api/schemas/credentials'
import { useSetPassword } from '../queries/credentials'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { PasswordField } from '../ui/password-field'
import { useToast } from '../ui/toast'
import { useForm } from '../ui/use-form'

const form = setPasswordBody
  .extend({ confirmPassword: z.string() })
  .refine(({ password, confirmPassword }) => password === confirmPassword, { path: ['confirmPassword'] })

const initial = { password: '', confirmPassword: '' }

interface SetPasswordDialogProps {
  instanceId: string
  /** The user name that the password is for. */
  userName: string
  onClose: () => void
}

/** Sets one's registry password of an instance, as ACR's dialog of that name does. */
export function SetPasswordDialog({ instanceId, userName, onClose }: SetPasswordDialogProps) {
  const t = useTranslations()
  const toast = useToast()
  const save = useSetPassword(instanceId)
  const fields = useForm(initial, form)
  return (
    <Dialog
      title={t('credentials.setPassword')}
      subject={userName}
      confirm={t('common.confirm')}
      busy={save.isPending}
      onClose={onClose}
      onSubmit={(event) => {
        const element = event.currentTarget
        const body = fields.check(element)
        if (!body) return
        save.mutate(body.password, {
          onSuccess: () => {
            toast({ title: t('credentials.passwordSaved'), body: t('credentials.passwordSavedNext') })
            onClose()
          },
          onError: (error) => fields.refused(error, element),
        })
      }}
    >
      <FormError error={save.error} />
      <p>{t('credentials.setPasswordHelp')}</p>
      <PasswordField
        label={t('credentials.password')}
        revealLabel={t('credentials.showPassword')}
        name="password"
        autoComplete="new-password"
        maxLength={32}
        required
        help={t('credentials.passwordRule')}
        value={fields.values.password}
        error={fields.isWrong('password') ? t('credentials.passwordRule') : undefined}
        onChange={(event) => fields.set('password', event.target.value)}
      />
      <PasswordField
        label={t('credentials.confirmPassword')}
        revealLabel={t('credentials.showPassword')}
        name="confirmPassword"
        autoComplete="new-password"
        maxLength={32}
        required
        value={fields.values.confirmPassword}
        error={fields.isWrong('confirmPassword') ? t('credentials.passwordsDiffer') : undefined}
        onChange={(event) => fields.set('confirmPassword', event.target.value)}
      />
    </Dialog>
  )
}

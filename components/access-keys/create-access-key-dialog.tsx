'use client'

import { useTranslations } from 'next-intl'
import { useCreateAccessKey } from '../queries/access-keys'
import { SecretDialog } from '../secret-dialog'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { useAction } from '../ui/use-action'

/** Makes an access key, then shows its secret. */
export function CreateAccessKeyDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations()
  const create = useCreateAccessKey()
  const { run, close } = useAction(create, onClose)
  if (create.data) {
    const { id, secret } = create.data
    return (
      <SecretDialog
        title={t('accessKeys.made', { id })}
        name={{ label: t('accessKeys.id'), value: id }}
        secret={{ label: t('accessKeys.secret'), value: secret }}
        registryHost={null}
        onClose={onClose}
      />
    )
  }
  return (
    <Dialog
      title={t('accessKeys.create')}
      confirm={t('common.confirm')}
      busy={create.isPending}
      onClose={close}
      onSubmit={() => run()}
    >
      <FormError error={create.error} />
      <p>{t('accessKeys.createConsequence')}</p>
    </Dialog>
  )
}

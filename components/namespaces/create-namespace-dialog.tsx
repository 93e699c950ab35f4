'use client'

import { useTranslations } from 'next-intl'
import { isApiError } from '@/lib/api/client/api-error'
import { createNamespaceBody } from '@/lib/api/schemas/namespaces'
import { useCreateNamespace } from '../queries/namespaces'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/field'
import { FormError } from '../ui/form-error'
import { useToast } from '../ui/toast'
import { useForm } from '../ui/use-form'
import { NamespaceDefaultsFields } from './namespace-defaults'
import type { NamespaceDefaults } from './namespace-defaults'

const initial: NamespaceDefaults & { name: string } = {
  name: '',
  autoCreateRepository: false,
  defaultRepositoryType: 'PRIVATE',
  defaultTagImmutability: false,
  acceptSparseManifests: false,
}

/** Makes a namespace in an instance. */
export function CreateNamespaceDialog({ instanceId, onClose }: { instanceId: string; onClose: () => void }) {
  const t = useTranslations()
  const toast = useToast()
  const create = useCreateNamespace(instanceId)
  const form = useForm(initial, createNamespaceBody)
  const isTaken = isApiError(create.error, 'ALREADY_EXISTS')

  function nameError() {
    if (isTaken) return t('namespaces.nameTaken')
    return form.isWrong('name') ? t('namespaces.nameRule') : undefined
  }

  return (
    <Dialog
      title={t('namespaces.create')}
      confirm={t('common.confirm')}
      busy={create.isPending}
      onClose={onClose}
      onSubmit={(event) => {
        const element = event.currentTarget
        const body = form.check(element)
        if (!body) return
        create.mutate(body, {
          onSuccess: (made) => {
            toast({
              title: t('namespaces.made', { name: made.name }),
              body: made.autoCreateRepository ? t('namespaces.madeAuto') : t('namespaces.madeManual'),
            })
            onClose()
          },
          onError: (error) => form.refused(error, element),
        })
      }}
    >
      {!isTaken && <FormError error={create.error} />}
      <TextField
        label={t('namespaces.name')}
        name="name"
        maxLength={120}
        spellCheck={false}
        required
        help={t('namespaces.nameRule')}
        value={form.values.name}
        error={nameError()}
        onChange={(event) => {
          create.reset()
          form.set('name', event.target.value)
        }}
      />
      <NamespaceDefaultsFields
        values={form.values}
        onChange={(change) => form.setValues((others) => ({ ...others, ...change }))}
      />
    </Dialog>
  )
}

'use client'

import { useTranslations } from 'next-intl'
import { createNamespaceBody } from '@/lib/api/schemas/namespaces'
import { useCreateNamespace } from '../queries/namespaces'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { NameField } from '../ui/name-field'
import { useForm } from '../ui/use-form'
import { NamespaceDefaultsFields } from './namespace-defaults'
import type { NamespaceDefaults } from './namespace-defaults'

const initial: NamespaceDefaults & { name: string } = {
  name: '',
  autoCreateRepository: false,
  defaultRepositoryType: 'PRIVATE',
  defaultTagImmutability: false,
  acceptSparseManifests: false,
  untaggedRetentionDays: 14,
}

/** Makes a namespace in an instance. */
export function CreateNamespaceDialog({ instanceId, onClose }: { instanceId: string; onClose: () => void }) {
  const t = useTranslations()
  const create = useCreateNamespace(instanceId)
  const form = useForm({
    initial,
    schema: createNamespaceBody,
    action: create,
    variables: (body) => body,
    done: ({ name, autoCreateRepository }) => ({
      title: t('namespaces.made', { name }),
      body: autoCreateRepository ? t('namespaces.madeAuto') : t('namespaces.madeManual'),
    }),
    onClose,
  })
  return (
    <Dialog title={t('namespaces.create')} confirm={t('common.confirm')} {...form.dialog}>
      {!form.isTaken && <FormError error={create.error} />}
      <NameField
        form={form}
        label={t('namespaces.name')}
        maxLength={120}
        rule={t('namespaces.nameRule')}
        taken={t('namespaces.nameTaken')}
      />
      <NamespaceDefaultsFields values={form.values} onChange={form.change} />
    </Dialog>
  )
}

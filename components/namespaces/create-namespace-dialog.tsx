'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { z } from 'zod'
import { createNamespaceBody } from '@/lib/api/schemas/namespaces'
import { instanceQuery } from '../queries/instances'
import { useCreateNamespace } from '../queries/namespace-changes'
import { Dialog } from '../ui/dialog'
import { NameField } from '../ui/name-field'
import { useForm } from '../ui/use-form'
import { NamespaceDefaultsFields, bodyOfDefaults } from './namespace-defaults'
import type { NamespaceDefaults } from './namespace-defaults'

const defaults: NamespaceDefaults & { name: string } = {
  name: '',
  autoCreateRepository: false,
  defaultRepositoryType: 'PRIVATE',
  defaultMode: 'inherit',
  defaultExemptTags: 'latest',
  acceptSparseManifests: false,
  untaggedRetentionDays: 14,
}

/** What the values become. */
const body = z.preprocess((values) => bodyOfDefaults(values as typeof defaults), createNamespaceBody)

interface CreateNamespaceDialogProps {
  instanceId: string
  /** Whether a push creates repositories in it, unless the person says otherwise. */
  createsOnPush?: boolean
  onClose: () => void
}

/** Makes a namespace in an instance. */
export function CreateNamespaceDialog({ instanceId, createsOnPush = false, onClose }: CreateNamespaceDialogProps) {
  const t = useTranslations()
  const initial = { ...defaults, autoCreateRepository: createsOnPush }
  const create = useCreateNamespace(instanceId)
  const instance = useQuery(instanceQuery(instanceId)).data?.data
  const [isWrong, setIsWrong] = useState(false)
  const form = useForm({
    initial,
    schema: body,
    check: () => !isWrong,
    action: create,
    variables: (namespace) => namespace,
    done: ({ name, autoCreateRepository }) => ({
      title: t('namespaces.made', { name }),
      body: autoCreateRepository ? t('namespaces.madeAuto') : t('namespaces.madeManual'),
    }),
    onClose,
  })
  return (
    <Dialog title={t('namespaces.create')} confirm={t('common.confirm')} {...form.dialog}>
      <NameField
        form={form}
        label={t('namespaces.name')}
        maxLength={120}
        rule={t('namespaces.nameRule')}
        taken={t('namespaces.nameTaken')}
      />
      <NamespaceDefaultsFields
        values={form.values}
        stored={initial}
        inherited={instance?.defaultImmutability}
        onChange={form.change}
        onWrong={setIsWrong}
      />
    </Dialog>
  )
}

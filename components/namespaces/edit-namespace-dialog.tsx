'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { Versioned } from '@/lib/api/client/api'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import { namespaceQuery, useUpdateNamespace } from '../queries/namespaces'
import { EditDialog } from '../ui/edit-dialog'
import { LoadingDialog } from '../ui/loading-dialog'
import { useToast } from '../ui/toast'
import { useEdit } from '../ui/use-edit'
import { useOpened } from '../ui/use-opened'
import { NamespaceDefaultsFields } from './namespace-defaults'
import type { NamespaceDefaults } from './namespace-defaults'

interface EditNamespaceDialogProps {
  namespaceId: string
  onClose: () => void
}

/** Changes what a namespace says about pushes and the repositories they make. */
export function EditNamespaceDialog({ namespaceId, onClose }: EditNamespaceDialogProps) {
  const t = useTranslations()
  const query = useQuery({ ...namespaceQuery(namespaceId), staleTime: 0 })
  const opened = useOpened(query)
  if (opened === null) return <LoadingDialog title={t('namespaces.edit')} query={query} onClose={onClose} />
  return <EditForm opened={opened} onReload={query.refetch} onClose={onClose} />
}

interface EditFormProps {
  opened: Versioned<NamespaceView>
  onReload: () => Promise<{ data: Versioned<NamespaceView> | undefined }>
  onClose: () => void
}

function defaultsOf({
  autoCreateRepository,
  defaultRepositoryType,
  defaultTagImmutability,
  acceptSparseManifests,
}: NamespaceView): NamespaceDefaults {
  return { autoCreateRepository, defaultRepositoryType, defaultTagImmutability, acceptSparseManifests }
}

function EditForm({ opened, onReload, onClose }: EditFormProps) {
  const t = useTranslations()
  const toast = useToast()
  const edit = useEdit({
    opened,
    settingsOf: defaultsOf,
    update: useUpdateNamespace(opened.data.id),
    onReload,
    onSaved: ({ name }) => {
      toast({ title: t('namespaces.saved', { name }), body: t('namespaces.savedNext') })
      onClose()
    },
  })

  function word(name: keyof NamespaceDefaults, value: string | boolean): string {
    if (name === 'defaultRepositoryType')
      return value === 'PUBLIC' ? t('repositories.public') : t('repositories.private')
    if (name === 'defaultTagImmutability') return value ? t('repositories.immutable') : t('repositories.mutable')
    return value ? t('namespaces.on') : t('namespaces.off')
  }

  const labels: Record<keyof NamespaceDefaults, string> = {
    autoCreateRepository: t('namespaces.autoCreate'),
    defaultRepositoryType: t('namespaces.defaultType'),
    defaultTagImmutability: t('namespaces.defaultImmutability'),
    acceptSparseManifests: t('namespaces.acceptSparse'),
  }

  return (
    <EditDialog
      title={t('namespaces.edit')}
      subject={edit.base.name}
      edit={edit}
      conflict={t('namespaces.conflict')}
      labels={labels}
      word={word}
      onClose={onClose}
    >
      <NamespaceDefaultsFields values={edit.values} onChange={edit.set} />
    </EditDialog>
  )
}

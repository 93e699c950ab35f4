'use client'

import { useTranslations } from 'next-intl'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import { namespaceQuery, useUpdateNamespace } from '../queries/namespaces'
import { EditDialog } from '../ui/edit-dialog'
import { OpenedDialog } from '../ui/opened-dialog'
import type { Opened } from '../ui/opened-dialog'
import { useEdit } from '../ui/use-edit'
import { NamespaceDefaultsFields, useDaysText } from './namespace-defaults'
import type { NamespaceDefaults } from './namespace-defaults'

interface EditNamespaceDialogProps {
  namespaceId: string
  onClose: () => void
}

/** Changes what a namespace says about pushes and the repositories they make. */
export function EditNamespaceDialog({ namespaceId, onClose }: EditNamespaceDialogProps) {
  const t = useTranslations()
  return (
    <OpenedDialog title={t('namespaces.edit')} query={namespaceQuery(namespaceId)} onClose={onClose}>
      {(dialog) => <EditForm {...dialog} />}
    </OpenedDialog>
  )
}

function defaultsOf({
  autoCreateRepository,
  defaultRepositoryType,
  defaultTagImmutability,
  acceptSparseManifests,
  untaggedRetentionDays,
}: NamespaceView): NamespaceDefaults {
  return {
    autoCreateRepository,
    defaultRepositoryType,
    defaultTagImmutability,
    acceptSparseManifests,
    untaggedRetentionDays,
  }
}

function EditForm(dialog: Opened<NamespaceView>) {
  const t = useTranslations()
  const daysText = useDaysText()
  const edit = useEdit({
    dialog,
    settingsOf: defaultsOf,
    update: useUpdateNamespace(dialog.opened.data.id),
    saved: ({ name }) => ({ title: t('namespaces.saved', { name }), body: t('namespaces.savedNext') }),
  })

  function word(name: keyof NamespaceDefaults, value: string | boolean | number): string {
    if (typeof value === 'number') return daysText(value)
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
    untaggedRetentionDays: t('namespaces.keepUntagged'),
  }

  return (
    <EditDialog
      title={t('namespaces.edit')}
      subject={edit.base.name}
      edit={edit}
      conflict={t('namespaces.conflict')}
      labels={labels}
      word={word}
    >
      <NamespaceDefaultsFields values={edit.values} onChange={edit.set} />
    </EditDialog>
  )
}

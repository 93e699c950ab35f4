'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import { useDefaultModeWord } from '../immutability/default-policy-fields'
import { instanceQuery } from '../queries/instances'
import { useUpdateNamespace } from '../queries/namespace-changes'
import { namespaceQuery } from '../queries/namespaces'
import { EditDialog } from '../ui/edit-dialog'
import { OpenedDialog } from '../ui/opened-dialog'
import type { Opened } from '../ui/opened-dialog'
import { useEdit, withBody } from '../ui/use-edit'
import { NamespaceDefaultsFields, bodyOfDefaults, useDaysText } from './namespace-defaults'
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
  defaultImmutability: { mode, exemptTags, source },
  acceptSparseManifests,
  untaggedRetentionDays,
}: NamespaceView): NamespaceDefaults {
  return {
    autoCreateRepository,
    defaultRepositoryType,
    defaultMode: source === 'namespace' ? mode : 'inherit',
    defaultExemptTags: exemptTags.join(' '),
    acceptSparseManifests,
    untaggedRetentionDays,
  }
}

function EditForm(dialog: Opened<NamespaceView>) {
  const t = useTranslations()
  const daysText = useDaysText()
  const modeWord = useDefaultModeWord()
  const [isWrong, setIsWrong] = useState(false)
  const instance = useQuery(instanceQuery(dialog.opened.data.instanceId)).data?.data
  const update = useUpdateNamespace(dialog.opened.data.id)
  const edit = useEdit({
    dialog,
    settingsOf: defaultsOf,
    update: withBody(update, bodyOfDefaults),
    saved: ({ name }) => ({ title: t('namespaces.saved', { name }), body: t('namespaces.savedNext') }),
  })

  function word(name: keyof NamespaceDefaults, value: string | boolean | number): string {
    if (typeof value === 'number') return daysText(value)
    if (name === 'defaultRepositoryType')
      return value === 'PUBLIC' ? t('repositories.public') : t('repositories.private')
    if (name === 'defaultMode') return modeWord(value as NamespaceDefaults['defaultMode'])
    if (typeof value === 'string') return value
    return value ? t('namespaces.on') : t('namespaces.off')
  }

  const labels: Record<keyof NamespaceDefaults, string> = {
    autoCreateRepository: t('namespaces.autoCreate'),
    defaultRepositoryType: t('namespaces.defaultType'),
    defaultMode: t('namespaces.defaultImmutability'),
    defaultExemptTags: t('immutability.exemptTags'),
    acceptSparseManifests: t('namespaces.acceptSparse'),
    untaggedRetentionDays: t('namespaces.keepUntagged'),
  }

  return (
    <EditDialog
      title={t('namespaces.edit')}
      subject={edit.base.name}
      edit={edit}
      isWrong={isWrong}
      conflict={t('namespaces.conflict')}
      labels={labels}
      word={word}
    >
      <NamespaceDefaultsFields
        values={edit.values}
        stored={defaultsOf(edit.base)}
        inherited={instance?.defaultImmutability}
        onChange={edit.set}
        onWrong={setIsWrong}
      />
    </EditDialog>
  )
}

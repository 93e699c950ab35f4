'use client'

import { useTranslations } from 'next-intl'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { repositoryQuery, useUpdateRepository } from '../queries/repositories'
import { EditDialog } from '../ui/edit-dialog'
import { OpenedDialog } from '../ui/opened-dialog'
import type { Opened } from '../ui/opened-dialog'
import { Time } from '../ui/time'
import { useEdit } from '../ui/use-edit'
import { ImmutableChoice, RepositoryTexts, TypeChoices } from './repository-fields'

interface ModifySettingsDialogProps {
  repository: RepositoryView
  onClose: () => void
}

type Settings = Pick<RepositoryView, 'type' | 'tagImmutability' | 'summary' | 'description'>

function settingsOf({ type, tagImmutability, summary, description }: RepositoryView): Settings {
  return { type, tagImmutability, summary, description }
}

/** Changes a repository's settings, decided on what they are when the dialog opens. */
export function ModifySettingsDialog({ repository, onClose }: ModifySettingsDialogProps) {
  const t = useTranslations()
  const { instanceId, namespace, name } = repository
  return (
    <OpenedDialog title={t('settings.title')} query={repositoryQuery(instanceId, namespace, name)} onClose={onClose}>
      {(dialog) => <SettingsForm {...dialog} />}
    </OpenedDialog>
  )
}

function SettingsForm(dialog: Opened<RepositoryView>) {
  const t = useTranslations()
  const path = `${dialog.opened.data.namespace}/${dialog.opened.data.name}`
  const edit = useEdit({
    dialog,
    settingsOf,
    update: useUpdateRepository(dialog.opened.data.id),
    saved: (_, changes) => whatChanged(changes),
  })
  const { values, set } = edit

  /** Immutability first, for it is what others will notice. */
  function whatChanged({ tagImmutability }: Partial<Settings>) {
    if (tagImmutability === undefined) return { title: t('settings.saved', { path }) }
    return tagImmutability
      ? { title: t('settings.nowImmutable', { path }), body: t('settings.nowImmutableNext') }
      : { title: t('settings.nowMutable', { path }), body: t('settings.nowMutableNext') }
  }

  function word(name: keyof Settings, value: string | boolean): string {
    if (name === 'type') return value === 'PUBLIC' ? t('repositories.public') : t('repositories.private')
    if (name === 'tagImmutability') return value ? t('repositories.immutable') : t('repositories.mutable')
    return String(value)
  }

  const labels: Record<keyof Settings, string> = {
    type: t('repositories.type'),
    tagImmutability: t('repositories.immutability'),
    summary: t('repositories.summary'),
    description: t('repositories.description'),
  }

  const { theirs } = edit
  return (
    <EditDialog
      title={t('settings.title')}
      subject={path}
      edit={edit}
      closesUnchanged
      conflict={
        theirs &&
        t.rich('settings.conflict', {
          name: theirs.updatedBy,
          strong: (chunks) => <strong>{chunks}</strong>,
          time: () => <Time value={theirs.updatedAt} format="relative" />,
        })
      }
      labels={labels}
      word={word}
    >
      <TypeChoices legend={t('repositories.type')} name="type" value={values.type} onChange={(type) => set({ type })} />
      <ImmutableChoice
        legend={t('repositories.immutability')}
        name="tagImmutability"
        checked={values.tagImmutability}
        onChange={(tagImmutability) => set({ tagImmutability })}
      />
      <RepositoryTexts
        summary={values.summary}
        description={values.description}
        onChange={(name, text) => set({ [name]: text })}
      />
    </EditDialog>
  )
}

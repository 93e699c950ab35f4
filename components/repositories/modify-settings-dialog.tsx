'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { Versioned } from '@/lib/api/client/api'
import type { RepositoryView, UpdateRepositoryBody } from '@/lib/api/schemas/repositories'
import { exemptTagsOf } from '../immutability/exempt-tags'
import { ExemptTagsField, ModeChoices } from '../immutability/policy-fields'
import { PolicyPreview, usePolicyPreview } from '../immutability/policy-preview'
import { repositoryQuery } from '../queries/repositories'
import { useUpdateRepository } from '../queries/repository-changes'
import { TextButton } from '../ui/button'
import { EditDialog } from '../ui/edit-dialog'
import { OpenedDialog } from '../ui/opened-dialog'
import type { Opened } from '../ui/opened-dialog'
import { Time } from '../ui/time'
import type { ToastContent } from '../ui/toast'
import type { Action } from '../ui/use-action'
import { useEdit } from '../ui/use-edit'
import { ImmutableChoice, RepositoryTexts, TypeChoices } from './repository-fields'
import { useModeWord } from '../immutability/immutability-status'

interface ModifySettingsDialogProps {
  repository: RepositoryView
  onClose: () => void
}

interface Settings extends Pick<RepositoryView, 'type' | 'summary' | 'description'> {
  mode: RepositoryView['immutability']['mode']
  /** Separated by spaces, so that two lists can be compared. */
  exemptTags: string
}

function settingsOf({ type, immutability, summary, description }: RepositoryView): Settings {
  return { type, mode: immutability.mode, exemptTags: immutability.exemptTags.join(' '), summary, description }
}

/** A change of the mode alone is sent as ACR's check box where that can say it. */
function bodyOf({ mode, exemptTags, ...others }: Partial<Settings>): UpdateRepositoryBody {
  if (exemptTags === undefined && mode === undefined) return others
  if (exemptTags === undefined && mode !== 'audit') return { ...others, tagImmutability: mode === 'enforce' }
  return {
    ...others,
    immutability: {
      ...(mode !== undefined && { mode }),
      ...(exemptTags !== undefined && { exemptTags: exemptTagsOf(exemptTags) }),
    },
  }
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
  const modeWord = useModeWord()
  const [isAdvanced, setIsAdvanced] = useState(false)
  const [isWrong, setIsWrong] = useState(false)
  const path = `${dialog.opened.data.namespace}/${dialog.opened.data.name}`
  const update = useUpdateRepository(dialog.opened.data.id)
  const action: Action<{ body: Partial<Settings>; etag: string }, Versioned<RepositoryView>> = {
    ...update,
    mutateAsync: ({ body, etag }) => update.mutateAsync({ body: bodyOf(body), etag }),
    plan: ({ body, etag }) => update.plan({ body: bodyOf(body), etag }),
  }
  const edit = useEdit({ dialog, settingsOf, update: action, saved: whatChanged })
  const { values, set } = edit
  const stored = settingsOf(edit.base)
  const policy = { mode: values.mode, exemptTags: exemptTagsOf(values.exemptTags) }
  const preview = usePolicyPreview(edit.base.id, policy)

  /** Immutability first, for it is what others will notice. */
  function whatChanged(saved: RepositoryView, { mode, exemptTags }: Partial<Settings>): ToastContent {
    if (mode === 'audit') return { title: t('settings.nowAudited', { path }), body: t('immutability.auditedNext') }
    if (mode === 'off') return { title: t('settings.nowMutable', { path }), body: t('settings.nowMutableNext') }
    if (mode === 'enforce') {
      const isAcrs = saved.immutability.exemptTags.join(' ') === 'latest'
      const next = isAcrs ? t('settings.nowImmutableNext') : t('immutability.enforcedNext')
      return { title: t('settings.nowImmutable', { path }), body: next }
    }
    if (exemptTags !== undefined) {
      return { title: t('immutability.saved', { path }), body: t('immutability.savedNext') }
    }
    return { title: t('settings.saved', { path }) }
  }

  function word(name: keyof Settings, value: string): string {
    if (name === 'type') return value === 'PUBLIC' ? t('repositories.public') : t('repositories.private')
    return name === 'mode' ? modeWord(value as Settings['mode']) : value
  }

  const labels: Record<keyof Settings, string> = {
    type: t('repositories.type'),
    mode: t('repositories.immutability'),
    exemptTags: t('immutability.exemptTags'),
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
      isWrong={isWrong}
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
        checked={values.mode === 'enforce'}
        onChange={(isImmutable) => set({ mode: isImmutable ? 'enforce' : 'off' })}
      >
        <PolicyPreview
          preview={preview}
          policy={policy}
          isChanged={values.mode !== stored.mode || values.exemptTags !== stored.exemptTags}
          aside={
            <TextButton
              aria-expanded={isAdvanced}
              aria-controls="advanced-settings"
              onClick={() => setIsAdvanced(!isAdvanced)}
            >
              {t('immutability.advanced')}
            </TextButton>
          }
        />
        <div id="advanced-settings" className="advanced" hidden={!isAdvanced}>
          <ModeChoices
            legend={t('immutability.mode')}
            name="mode"
            value={values.mode}
            onChange={(mode) => set({ mode })}
          />
          <ExemptTagsField
            value={policy.exemptTags}
            stored={exemptTagsOf(stored.exemptTags)}
            counts={preview.counts}
            onChange={(exemptTags) => set({ exemptTags: exemptTags.join(' ') })}
            onWrong={setIsWrong}
          />
        </div>
      </ImmutableChoice>
      <RepositoryTexts
        summary={values.summary}
        description={values.description}
        onChange={(name, text) => set({ [name]: text })}
      />
    </EditDialog>
  )
}

'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { RepositoryView, UpdateRepositoryBody } from '@/lib/api/schemas/repositories'
import { useModeWord } from '../immutability/immutability-status'
import { ExemptTagsField, ModeChoices } from '../immutability/policy-fields'
import { PolicyPreview } from '../immutability/policy-preview'
import { policyChange, policySettingsOf } from '../immutability/policy-settings'
import type { PolicySettings } from '../immutability/policy-settings'
import { RepositoryChanged } from '../immutability/repository-changed'
import { usePolicyFields } from '../immutability/use-policy-fields'
import { repositoryQuery } from '../queries/repositories'
import { useUpdateRepository } from '../queries/repository-changes'
import { TextButton } from '../ui/button'
import { EditDialog } from '../ui/edit-dialog'
import { OpenedDialog } from '../ui/opened-dialog'
import type { Opened } from '../ui/opened-dialog'
import type { ToastContent } from '../ui/toast'
import { useEdit, withBody } from '../ui/use-edit'
import { ImmutableChoice, RepositoryTexts, TypeChoices } from './repository-fields'

interface ModifySettingsDialogProps {
  repository: RepositoryView
  onClose: () => void
}

type Settings = PolicySettings & Pick<RepositoryView, 'type' | 'summary' | 'description'>

function settingsOf(repository: RepositoryView): Settings {
  const { type, summary, description } = repository
  return { type, ...policySettingsOf(repository), summary, description }
}

/** A change of the mode alone is sent as ACR's check box where that can say it. */
function bodyOf({ mode, exemptTags, ...others }: Partial<Settings>): UpdateRepositoryBody {
  if (exemptTags === undefined && mode === undefined) return others
  if (exemptTags === undefined && mode !== 'audit') return { ...others, tagImmutability: mode === 'enforce' }
  return { ...others, immutability: policyChange({ mode, exemptTags }) }
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
  const path = `${dialog.opened.data.namespace}/${dialog.opened.data.name}`
  const update = useUpdateRepository(dialog.opened.data.id)
  const edit = useEdit({ dialog, settingsOf, update: withBody(update, bodyOf), saved: whatChanged })
  const { values, set } = edit
  const fields = usePolicyFields(edit, set)

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

  return (
    <EditDialog
      title={t('settings.title')}
      subject={path}
      edit={edit}
      closesUnchanged
      isWrong={fields.isWrong}
      conflict={<RepositoryChanged theirs={edit.theirs} />}
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
          {...fields.ofPreview}
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
          <ModeChoices legend={t('immutability.mode')} {...fields.ofMode} />
          <ExemptTagsField {...fields.ofExemptTags} />
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

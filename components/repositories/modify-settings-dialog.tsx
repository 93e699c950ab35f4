'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { Versioned } from '@/lib/api/client/api'
import { isApiError } from '@/lib/api/client/api-error'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { Button } from '../ui/button'
import { Conflict } from '../ui/conflict'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { LoadingDialog } from '../ui/loading-dialog'
import { changesOf, conflictsOf } from '../ui/settings'
import { Time } from '../ui/time'
import { useToast } from '../ui/toast'
import { repositoryQuery, useUpdateRepository } from './queries'
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
  const query = repositoryQuery(repository.instanceId, repository.namespace, repository.name)
  const { data, error, isFetching, refetch } = useQuery({ ...query, staleTime: 0 })
  const [opened, setOpened] = useState<Versioned<RepositoryView> | null>(null)
  if (opened === null && data && !isFetching && !error) setOpened(data)
  if (opened === null) {
    return (
      <LoadingDialog
        title={t('settings.title')}
        error={isFetching ? null : error}
        onRetry={() => void refetch()}
        onClose={onClose}
      />
    )
  }
  return <SettingsForm opened={opened} onReload={refetch} onClose={onClose} />
}

interface SettingsFormProps {
  opened: Versioned<RepositoryView>
  onReload: () => Promise<{ data: Versioned<RepositoryView> | undefined }>
  onClose: () => void
}

function SettingsForm({ opened, onReload, onClose }: SettingsFormProps) {
  const t = useTranslations()
  const toast = useToast()
  const [base, setBase] = useState(opened)
  const [theirs, setTheirs] = useState<Versioned<RepositoryView> | null>(null)
  const [values, setValues] = useState(() => settingsOf(opened.data))
  const update = useUpdateRepository(base.data.id)
  const path = `${base.data.namespace}/${base.data.name}`
  const changes = changesOf(settingsOf(base.data), values)

  function set<Name extends keyof Settings>(name: Name, value: Settings[Name]) {
    setValues((others) => ({ ...others, [name]: value }))
  }

  function save(etag: string) {
    update.mutate(
      { body: changes, etag },
      {
        onSuccess: () => {
          toast(whatChanged())
          onClose()
        },
        onError: (error) => {
          if (isApiError(error, 'PRECONDITION_FAILED')) void onReload().then(({ data }) => setTheirs(data ?? null))
        },
      },
    )
  }

  /** Immutability first, for it is what others will notice. */
  function whatChanged() {
    if (changes.tagImmutability === undefined) return { title: t('settings.saved', { path }) }
    return changes.tagImmutability
      ? { title: t('settings.nowImmutable', { path }), body: t('settings.nowImmutableNext') }
      : { title: t('settings.nowMutable', { path }), body: t('settings.nowMutableNext') }
  }

  function takeTheirs(current: Versioned<RepositoryView>) {
    setBase(current)
    setValues(settingsOf(current.data))
    setTheirs(null)
    update.reset()
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

  return (
    <Dialog
      title={t('settings.title')}
      subject={path}
      confirm={t('common.confirm')}
      busy={update.isPending}
      onClose={onClose}
      onSubmit={() => {
        if (theirs === null && Object.keys(changes).length === 0) onClose()
        else save((theirs ?? base).etag)
      }}
      {...(theirs && {
        foot: (
          <>
            <Button onClick={() => takeTheirs(theirs)}>{t('conflict.useTheirs')}</Button>
            <Button type="submit" variant="primary" busy={update.isPending}>
              {t('conflict.useYours')}
            </Button>
          </>
        ),
      })}
    >
      {!isApiError(update.error, 'PRECONDITION_FAILED') && <FormError error={update.error} />}
      {theirs ? (
        <Conflict
          rows={conflictsOf(settingsOf(base.data), settingsOf(theirs.data), values).map((conflict) => ({
            label: labels[conflict.name],
            theirs: word(conflict.name, conflict.theirs),
            yours: conflict.yours === undefined ? null : word(conflict.name, conflict.yours),
          }))}
        >
          <p>
            {t.rich('settings.conflict', {
              name: theirs.data.updatedBy,
              strong: (chunks) => <strong>{chunks}</strong>,
              time: () => <Time value={theirs.data.updatedAt} format="relative" />,
            })}
          </p>
        </Conflict>
      ) : (
        <>
          <TypeChoices
            legend={t('repositories.type')}
            name="type"
            value={values.type}
            onChange={(type) => set('type', type)}
          />
          <ImmutableChoice
            legend={t('repositories.immutability')}
            name="tagImmutability"
            checked={values.tagImmutability}
            onChange={(checked) => set('tagImmutability', checked)}
          />
          <RepositoryTexts summary={values.summary} description={values.description} onChange={set} />
        </>
      )}
    </Dialog>
  )
}

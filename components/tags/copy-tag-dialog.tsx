'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { isTag } from '@/lib/domain/reference'
import { pushableRepositoriesQuery } from '../queries/offered-repositories'
import { immutabilityCheckQuery, useCopyTag } from '../queries/tag-history'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/field'
import { Combobox } from '../ui/combobox'
import type { ComboboxOption } from '../ui/combobox'
import { useAction } from '../ui/use-action'
import { useErrorText } from '../ui/use-error-text'
import { focusField } from '../ui/use-form'
import { useSettled } from '../ui/use-settled'
import { shortDigest } from '../ui/digest'
import { Verdict, refusalCodes } from './verdict'
import { Warnings } from './warnings'

/** How long a name stands as it is before the policy is asked, in milliseconds. */
const typingMs = 250

interface CopyTagDialogProps {
  repository: RepositoryView
  tag: string
  digest: string
  onClose: () => void
}

/** Copies a tag within its repository, or promotes it to another one that the person may push to. */
export function CopyTagDialog({ repository, tag, digest, onClose }: CopyTagDialogProps) {
  const t = useTranslations()
  const errorText = useErrorText()
  const copy = useCopyTag(repository.id)
  const { run, close } = useAction(copy, onClose)
  const [target, setTarget] = useState(() => (repository.access === 'PULL' ? null : optionOf(repository)))
  const [name, setName] = useState(tag)
  const [isChecked, setChecked] = useState(false)
  const asked = useSettled(name, typingMs)
  const check = useQuery({
    ...immutabilityCheckQuery(target?.value ?? '', asked, digest),
    enabled: target !== null && isTag(asked),
  })
  const isAsked = target !== null && isTag(name)
  const isNameRefused = refusalCodes.some((code) => isApiError(copy.error, code))
  const isTargetGone = isApiError(check.error, 'NOT_FOUND')

  function nameError(): string | undefined {
    if (isNameRefused) return errorText(copy.error)
    return isChecked && !isTag(name) ? t('tagHistory.nameInvalid') : undefined
  }

  function targetError(): string | undefined {
    if (isTargetGone) return t('tagHistory.targetGone')
    return isChecked && target === null ? t('tagHistory.targetMissing') : undefined
  }

  return (
    <Dialog
      title={t('tagHistory.copyTitle')}
      subject={`${repository.namespace}/${repository.name}:${tag}`}
      confirm={t('tagHistory.copyConfirm')}
      error={isNameRefused || isTargetGone ? null : copy.error}
      busy={copy.isPending}
      disabled={isAsked && asked === name && check.data?.allowed === false}
      onClose={close}
      plan={() => (target === null || !isTag(name) ? null : copy.plan({ repositoryId: target.value, name, digest }))}
      onSubmit={({ currentTarget: form }) => {
        setChecked(true)
        if (target === null || !isTag(name)) {
          focusField(form, target === null ? ['repositoryId'] : ['name'])
          return
        }
        run(
          { repositoryId: target.value, name, digest },
          {
            done: ({ outcome, warnings }) => ({
              title:
                outcome === 'unchanged'
                  ? t('tagHistory.copyUnchanged', { target: `${target.label}:${name}` })
                  : t('tagHistory.copied', { target: `${target.label}:${name}` }),
              ...(warnings.length > 0 && { body: <Warnings texts={warnings} /> }),
            }),
            onError: (error) => {
              if (refusalCodes.some((code) => isApiError(error, code))) focusField(form, ['name'])
              if (!isApiError(error, 'NOT_FOUND')) return
              // The target, or what is copied: the question about the target tells which.
              void check.refetch().then(({ error: reason }) => {
                if (isApiError(reason, 'NOT_FOUND')) focusField(form, ['repositoryId'])
              })
            },
          },
        )
      }}
    >
      <p>{t('tagHistory.copyHelp', { digest: shortDigest(digest) })}</p>
      <TargetPicker
        instanceId={repository.instanceId}
        sourceId={repository.id}
        chosen={target}
        onChoose={(option) => {
          if (copy.isError) copy.reset()
          setTarget(option)
        }}
        error={targetError()}
      />
      <TextField
        label={t('tagHistory.newName')}
        name="name"
        mono
        maxLength={128}
        value={name}
        error={nameError()}
        onChange={(event) => {
          if (copy.isError) copy.reset()
          setName(event.target.value)
        }}
      />
      {isAsked && !isNameRefused && !isTargetGone && <Verdict check={check} digest={digest} />}
    </Dialog>
  )
}

function optionOf({ id, namespace, name, summary }: RepositoryView): ComboboxOption {
  return { value: id, label: `${namespace}/${name}`, note: summary, icon: 'repositories' }
}

interface TargetPickerProps {
  instanceId: string
  sourceId: string
  chosen: ComboboxOption | null
  onChoose: (option: ComboboxOption) => void
  error: string | undefined
}

function TargetPicker({ instanceId, sourceId, chosen, onChoose, error }: TargetPickerProps) {
  const t = useTranslations()
  const [search, setSearch] = useState('')
  const rankOf = ({ value }: ComboboxOption) => (value === sourceId ? 1 : 0)
  const query = useQuery(pushableRepositoriesQuery(instanceId, search))
  const { data } = query
  // The repository of the tag first: it is the one that is chosen at the beginning.
  const options = data?.items.map(optionOf).sort((one, other) => rankOf(other) - rankOf(one))
  return (
    <Combobox
      label={t('tagHistory.target')}
      name="repositoryId"
      path="target"
      onSearch={setSearch}
      options={options ?? null}
      query={query}
      moreCount={data?.hasMore ? null : 0}
      chosen={chosen}
      onChoose={onChoose}
      empty={t('tagHistory.noTarget')}
      error={error}
    />
  )
}

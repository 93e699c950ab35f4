'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { GrantView } from '@/lib/api/schemas/grants'
import { useCreateGrant } from '../queries/grant-changes'
import { Banner } from '../ui/banner'
import type { ComboboxOption } from '../ui/combobox'
import { Dialog } from '../ui/dialog'
import { useAction } from '../ui/use-action'
import { focusField } from '../ui/use-form'
import { InstancePicker } from './instance-picker'
import type { ChosenInstance } from './instance-picker'
import { PermissionChoices } from './permission'
import { ScopePicker, initialScope, scopeIdOf } from './scope-picker'
import type { ScopeChoice } from './scope-picker'
import { SubjectPicker } from './subject-picker'
import { useScopeText } from './use-scope-text'

interface CreateGrantDialogProps {
  /** Who it is for; null: chosen in the dialog. */
  subject: { id: string; name: string } | null
  /** What it is for; null: chosen in the dialog. */
  scope: { id: string; name: string } | null
  /** The instance it is for; null: chosen in the dialog. */
  instance: ChosenInstance | null
  onClose: () => void
}

const nothingChosen: ScopeChoice = { type: 'INSTANCE', namespace: null, repository: null }

/** Grants a user or a robot something. What is settled by where one is, is not asked for. */
export function CreateGrantDialog({ subject, scope, instance: here, onClose }: CreateGrantDialogProps) {
  const t = useTranslations()
  const scopeText = useScopeText()
  const create = useCreateGrant()
  const { run, close } = useAction(create, onClose)
  const [instance, setInstance] = useState(here)
  const [scopeChoice, setScopeChoice] = useState(here === null ? nothingChosen : initialScope(here))
  const [subjectChoice, setSubjectChoice] = useState<ComboboxOption | null>(null)
  const [permission, setPermission] = useState<GrantView['permission']>('PULL')
  const [isChecked, setChecked] = useState(false)

  const scopeId = scope?.id ?? (instance && scopeIdOf(scopeChoice, instance.id))
  const subjectId = subject?.id ?? subjectChoice?.value ?? null
  const exists = isApiError(create.error, 'ALREADY_EXISTS')

  /** The name of the first field that nothing is chosen in. */
  function missing(): string {
    if (scopeId !== null) return 'subjectId'
    if (instance === null) return 'instanceId'
    return scopeChoice.type === 'NAMESPACE' ? 'namespaceId' : 'repositoryId'
  }

  function subjectError(): string | undefined {
    if (exists) return t('grants.exists')
    return isChecked && subjectId === null ? t('grants.subjectMissing') : undefined
  }

  /** What was refused was for another choice. */
  function forgetRefusal() {
    if (create.isError) create.reset()
  }

  return (
    <Dialog
      title={t('grants.create')}
      {...(subject || scope ? { subject: subject?.name ?? scope?.name ?? '' } : {})}
      confirm={t('common.confirm')}
      error={exists ? null : create.error}
      busy={create.isPending}
      onClose={close}
      plan={() => (scopeId === null || subjectId === null ? null : create.plan({ subjectId, scopeId, permission }))}
      onSubmit={({ currentTarget }) => {
        setChecked(true)
        if (scopeId === null || subjectId === null) {
          focusField(currentTarget, [missing()])
          return
        }
        run(
          { subjectId, scopeId, permission },
          {
            done: (made) => ({
              title: t('grants.made', {
                subject: made.subject.name,
                scope: scopeText(made.scope),
                permission: t(`grants.permissions.${made.permission}`),
              }),
            }),
            onError: (error) => {
              if (isApiError(error, 'ALREADY_EXISTS')) focusField(currentTarget, ['subjectId'])
            },
          },
        )
      }}
    >
      {exists && subject !== null && (
        <Banner tone="danger" icon="refused">
          <p>{t('grants.exists')}</p>
        </Banner>
      )}
      {here === null && (
        <InstancePicker
          chosen={instance}
          onChoose={(chosen) => {
            forgetRefusal()
            setInstance(chosen)
            setScopeChoice(initialScope(chosen))
          }}
          error={isChecked && instance === null ? t('grants.instanceMissing') : undefined}
        />
      )}
      {scope === null && instance !== null && (
        <ScopePicker
          key={instance.id}
          instance={instance}
          value={scopeChoice}
          onChange={(choice) => {
            forgetRefusal()
            setScopeChoice(choice)
          }}
          error={isChecked && scopeId === null ? t('grants.scopeMissing') : undefined}
        />
      )}
      {subject === null && (
        <SubjectPicker
          // Robots are of the instance: whoever may manage it finds the same for all it holds.
          scopeId={instance?.access === 'MANAGE' ? instance.id : scopeId}
          chosen={subjectChoice}
          onChoose={(choice) => {
            forgetRefusal()
            setSubjectChoice(choice)
          }}
          error={subjectError()}
        />
      )}
      <PermissionChoices value={permission} onChange={setPermission} />
    </Dialog>
  )
}

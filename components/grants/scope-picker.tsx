'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { GrantView } from '@/lib/api/schemas/grants'
import type { InstanceView } from '@/lib/api/schemas/instances'
import { NamespaceField } from '../instances/namespace-field'
import { namespaceOption } from '../queries/offered-namespaces'
import { managedRepositoriesQuery } from '../queries/offered-repositories'
import { Combobox } from '../ui/combobox'
import type { ComboboxOption } from '../ui/combobox'
import { Choice, FieldSet } from '../ui/field'

type ScopeType = GrantView['scope']['type']

/** What is chosen so far: the kind, and which of it. */
export interface ScopeChoice {
  type: ScopeType
  namespace: ComboboxOption | null
  repository: ComboboxOption | null
}

/** What the dialog begins with: the whole instance for who may manage it. */
export function initialScope(instance: Pick<InstanceView, 'access'>): ScopeChoice {
  return { type: instance.access === 'MANAGE' ? 'INSTANCE' : 'NAMESPACE', namespace: null, repository: null }
}

/** The id of what is chosen; null while nothing is. */
export function scopeIdOf({ type, namespace, repository }: ScopeChoice, instanceId: string): string | null {
  if (type === 'INSTANCE') return instanceId
  if (type === 'NAMESPACE') return namespace?.value ?? null
  return repository?.value ?? null
}

interface ScopePickerProps {
  instance: Pick<InstanceView, 'id' | 'name' | 'access'>
  value: ScopeChoice
  onChange: (value: ScopeChoice) => void
  error: string | undefined
}

/** The choice of what to grant on: the instance, a namespace or a repository of it, as far as one may manage them. */
export function ScopePicker({ instance, value, onChange, error }: ScopePickerProps) {
  const t = useTranslations()
  const types: ScopeType[] =
    instance.access === 'MANAGE' ? ['INSTANCE', 'NAMESPACE', 'REPOSITORY'] : ['NAMESPACE', 'REPOSITORY']
  return (
    <>
      <FieldSet legend={t('grants.scope')}>
        {types.map((type) => (
          <Choice
            key={type}
            type="radio"
            name="scopeType"
            label={t(`grants.scopeChoices.${type}`)}
            help={t(`grants.scopeHelp.${type}`)}
            checked={type === value.type}
            onChange={() => onChange({ ...value, type })}
          />
        ))}
      </FieldSet>
      {value.type === 'NAMESPACE' && (
        <NamespaceField
          instanceId={instance.id}
          label={t('grants.scopes.NAMESPACE')}
          name="namespaceId"
          path="scopeId"
          chosen={value.namespace}
          onChoose={(namespace) => onChange({ ...value, namespace: namespaceOption(namespace) })}
          error={error}
        />
      )}
      {value.type === 'REPOSITORY' && (
        <RepositoryPicker
          instanceId={instance.id}
          chosen={value.repository}
          onChoose={(repository) => onChange({ ...value, repository })}
          error={error}
        />
      )}
    </>
  )
}

interface RepositoryPickerProps {
  instanceId: string
  chosen: ComboboxOption | null
  onChoose: (option: ComboboxOption) => void
  error: string | undefined
}

function RepositoryPicker({ instanceId, chosen, onChoose, error }: RepositoryPickerProps) {
  const t = useTranslations()
  const [search, setSearch] = useState('')
  const query = useQuery(managedRepositoriesQuery(instanceId, search))
  const { data } = query
  const options = data?.items.map(({ id, namespace, name, summary }) => ({
    value: id,
    label: `${namespace}/${name}`,
    note: summary,
    icon: 'repositories' as const,
  }))
  return (
    <Combobox
      label={t('grants.scopes.REPOSITORY')}
      name="repositoryId"
      path="scopeId"
      onSearch={setSearch}
      query={query}
      options={options ?? null}
      moreCount={data?.hasMore ? null : 0}
      chosen={chosen}
      onChoose={onChoose}
      empty={t('repositories.nothingFound')}
      error={error}
    />
  )
}

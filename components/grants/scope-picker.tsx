'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { GrantView } from '@/lib/api/schemas/grants'
import type { InstanceView } from '@/lib/api/schemas/instances'
import { allNamespacesQuery } from '../queries/namespaces'
import { managedRepositoriesQuery } from '../queries/repositories'
import { Choice, FieldSet, SelectField } from '../ui/field'
import { PickList } from '../ui/pick-list'
import type { PickOption } from '../ui/pick-list'
import { LoadError } from '../ui/states'

type ScopeType = GrantView['scope']['type']

/** What is chosen so far: the kind, and which of it. */
export interface ScopeChoice {
  type: ScopeType
  namespaceId: string
  repository: PickOption | null
}

/** What the dialog begins with: the whole instance for who may manage it. */
export function initialScope(instance: Pick<InstanceView, 'access'>): ScopeChoice {
  return { type: instance.access === 'MANAGE' ? 'INSTANCE' : 'NAMESPACE', namespaceId: '', repository: null }
}

/** The id of what is chosen; null while nothing is. */
export function scopeIdOf({ type, namespaceId, repository }: ScopeChoice, instanceId: string): string | null {
  if (type === 'INSTANCE') return instanceId
  if (type === 'NAMESPACE') return namespaceId || null
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
        <NamespaceSelect
          instanceId={instance.id}
          value={value.namespaceId}
          onChange={(namespaceId) => onChange({ ...value, namespaceId })}
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

interface NamespaceSelectProps {
  instanceId: string
  value: string
  onChange: (namespaceId: string) => void
  error: string | undefined
}

function NamespaceSelect({ instanceId, value, onChange, error }: NamespaceSelectProps) {
  const t = useTranslations()
  const { data, error: loadError, refetch } = useQuery(allNamespacesQuery(instanceId))
  if (!data && loadError) return <LoadError error={loadError} onRetry={() => void refetch()} />
  return (
    <SelectField
      label={t('grants.scopes.NAMESPACE')}
      name="namespaceId"
      value={value}
      error={error}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{t('grants.choose')}</option>
      {data
        ?.filter(({ access }) => access === 'MANAGE')
        .map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
    </SelectField>
  )
}

interface RepositoryPickerProps {
  instanceId: string
  chosen: PickOption | null
  onChoose: (option: PickOption) => void
  error: string | undefined
}

function RepositoryPicker({ instanceId, chosen, onChoose, error }: RepositoryPickerProps) {
  const t = useTranslations()
  const [search, setSearch] = useState('')
  const { data, error: loadError, refetch } = useQuery(managedRepositoriesQuery(instanceId, search))
  const options = data?.items.map(({ id, namespace, name, summary }) => ({
    value: id,
    label: `${namespace}/${name}`,
    note: summary,
    icon: 'repositories' as const,
  }))
  return (
    <PickList
      legend={t('grants.scopes.REPOSITORY')}
      name="repositoryId"
      searchLabel={t('repositories.search')}
      search={search}
      onSearch={setSearch}
      options={options ?? null}
      loadError={loadError}
      onRetry={() => void refetch()}
      moreCount={data?.hasMore ? null : 0}
      chosen={chosen}
      onChoose={onChoose}
      empty={t('repositories.nothingFound')}
      error={error}
    />
  )
}

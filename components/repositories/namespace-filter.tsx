'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { namespaceOption, visibleNamespacesQuery } from '../queries/offered-namespaces'
import { ComboboxFilter } from '../ui/combobox'

interface NamespaceFilterProps {
  instanceId: string
  /** Name of a namespace; empty: all. */
  value: string
  onChange: (namespace: string) => void
}

/** Leaves the repositories of one namespace of an instance, which is searched for by name. */
export function NamespaceFilter({ instanceId, value, onChange }: NamespaceFilterProps) {
  const t = useTranslations()
  /** Null: the list was not opened yet. */
  const [search, setSearch] = useState<string | null>(null)
  const query = useQuery({ ...visibleNamespacesQuery(instanceId, search ?? ''), enabled: search !== null })
  const { data } = query
  const all = { value: '', label: t('repositories.allNamespaces') }
  const names = data?.items.map((namespace) => ({ ...namespaceOption(namespace), value: namespace.name }))
  return (
    <ComboboxFilter
      label={t('repositories.namespace')}
      onSearch={setSearch}
      query={query}
      options={names ? [...(search === '' ? [all] : []), ...names] : null}
      moreCount={data?.hasMore ? null : 0}
      chosen={value === '' ? all : { value, label: value }}
      onChoose={(option) => onChange(option.value)}
      empty={t('combobox.nothingFound')}
    />
  )
}

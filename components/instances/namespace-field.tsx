'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import { managedNamespacesQuery, namespaceOption } from '../queries/offered-namespaces'
import { Combobox } from '../ui/combobox'
import type { ComboboxOption } from '../ui/combobox'

interface NamespaceFieldProps {
  instanceId: string
  label: string
  /** Of the form's field. */
  name: string
  /** What it is in the request; its name where that is left out. */
  path?: string
  chosen: ComboboxOption | null
  onChoose: (namespace: NamespaceView) => void
  /** What is wrong with the choice. */
  error?: string | undefined
}

/** The choice of one of an instance's namespaces that the person manages, which is searched for by name. */
export function NamespaceField({ instanceId, onChoose, ...field }: NamespaceFieldProps) {
  const t = useTranslations()
  const [search, setSearch] = useState('')
  const query = useQuery(managedNamespacesQuery(instanceId, search))
  const { data } = query
  return (
    <Combobox
      {...field}
      onSearch={setSearch}
      query={query}
      options={data?.items.map(namespaceOption) ?? null}
      moreCount={data?.hasMore ? null : 0}
      onChoose={({ value }) => {
        const namespace = data?.items.find(({ id }) => id === value)
        if (namespace) onChoose(namespace)
      }}
      empty={t('combobox.nothingFound')}
    />
  )
}

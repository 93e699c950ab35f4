'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { grantSubjectsQuery } from '../queries/grants'
import { Combobox } from '../ui/combobox'
import type { ComboboxOption } from '../ui/combobox'

interface SubjectPickerProps {
  /** What is to be granted on; null while it is not chosen. */
  scopeId: string | null
  chosen: ComboboxOption | null
  onChoose: (option: ComboboxOption) => void
  error: string | undefined
}

/** The choice of a user or robot, with a search over both. */
export function SubjectPicker({ scopeId, chosen, onChoose, error }: SubjectPickerProps) {
  const t = useTranslations()
  const [search, setSearch] = useState('')
  const query = useQuery({ ...grantSubjectsQuery(scopeId ?? '', search), enabled: scopeId !== null })
  const { data } = query
  const options = data?.items.map(({ type, id, name, description }) => ({
    value: id,
    label: name,
    note: description || t(`grants.subjectTypes.${type}`),
    icon: type === 'USER' ? ('user' as const) : ('robot' as const),
  }))
  return (
    <Combobox
      label={t('grants.subject')}
      name="subjectId"
      onSearch={setSearch}
      options={scopeId === null ? [] : (options ?? null)}
      query={query}
      moreCount={data ? data.totalCount - data.items.length : 0}
      chosen={chosen}
      onChoose={onChoose}
      empty={scopeId === null ? t('grants.scopeFirst') : t('grants.noSubject')}
      error={error}
    />
  )
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { grantSubjectsQuery } from '../queries/grants'
import { PickList } from '../ui/pick-list'
import type { PickOption } from '../ui/pick-list'

interface SubjectPickerProps {
  /** What is to be granted on; null while it is not chosen. */
  scopeId: string | null
  chosen: PickOption | null
  onChoose: (option: PickOption) => void
  error: string | undefined
}

/** The choice of a user or robot, with a search over both. */
export function SubjectPicker({ scopeId, chosen, onChoose, error }: SubjectPickerProps) {
  const t = useTranslations()
  const [search, setSearch] = useState('')
  const {
    data,
    error: loadError,
    refetch,
  } = useQuery({ ...grantSubjectsQuery(scopeId ?? '', search), enabled: scopeId !== null })
  const options = data?.items.map(({ type, id, name, description }) => ({
    value: id,
    label: name,
    note: description || t(`grants.subjectTypes.${type}`),
    icon: type === 'USER' ? ('users' as const) : ('robot' as const),
  }))
  return (
    <PickList
      legend={t('grants.subject')}
      name="subjectId"
      searchLabel={t('grants.search')}
      search={search}
      onSearch={setSearch}
      options={scopeId === null ? [] : (options ?? null)}
      loadError={loadError}
      onRetry={() => void refetch()}
      moreCount={data ? data.totalCount - data.items.length : 0}
      chosen={chosen}
      onChoose={onChoose}
      empty={scopeId === null ? t('grants.scopeFirst') : t('grants.noSubject')}
      error={error}
    />
  )
}

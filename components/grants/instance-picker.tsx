'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { InstanceView } from '@/lib/api/schemas/instances'
import { isRegionId } from '@/lib/domain/regions'
import { instancesQuery } from '../queries/instances'
import { Combobox } from '../ui/combobox'
import type { ComboboxOption } from '../ui/combobox'

/** An instance that was chosen in a dialog. */
export type ChosenInstance = Pick<InstanceView, 'id' | 'name' | 'access'>

interface InstancePickerProps {
  chosen: ChosenInstance | null
  onChoose: (instance: ChosenInstance) => void
  error: string | undefined
}

/** The choice of an instance, with a search. */
export function InstancePicker({ chosen, onChoose, error }: InstancePickerProps) {
  const t = useTranslations()
  const [search, setSearch] = useState('')
  const query = useQuery(instancesQuery({ regionId: '', search, pageSize: 50, cursor: undefined }))
  const { data } = query
  const regionName = (id: string) => (isRegionId(id) ? t(`regions.${id}`) : id)
  const options = data?.items.map((instance) => optionOf(instance, regionName(instance.regionId)))
  return (
    <Combobox
      label={t('grants.scopes.INSTANCE')}
      name="instanceId"
      onSearch={setSearch}
      options={options ?? null}
      query={query}
      moreCount={data ? data.totalCount - data.items.length : 0}
      chosen={chosen && optionOf(chosen, '')}
      onChoose={({ value }) => {
        const found = data?.items.find(({ id }) => id === value)
        if (found) onChoose(found)
      }}
      empty={t('grants.noInstance')}
      error={error}
    />
  )
}

function optionOf({ id, name }: Pick<InstanceView, 'id' | 'name'>, note: string): ComboboxOption {
  return { value: id, label: name, note, icon: 'instances' }
}

/** The only instance that there is; null while that is not known, and where there are several. */
export function useOnlyInstance(): ChosenInstance | null {
  const { data } = useQuery(instancesQuery({ regionId: '', search: '', pageSize: 50, cursor: undefined }))
  return data?.totalCount === 1 ? (data.items[0] ?? null) : null
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { permissions } from '@/lib/domain/access'
import type { Permission } from '@/lib/domain/access'
import { namespaceOption, visibleNamespacesQuery } from '../queries/offered-namespaces'
import { Button, IconButton } from '../ui/button'
import { ComboboxFilter } from '../ui/combobox'
import type { ComboboxOption } from '../ui/combobox'
import { FieldSet } from '../ui/field'
import { Select } from '../ui/filters'
import { LoadError } from '../ui/states'

/** As many as a robot can be made with. */
const grantsMax = 20

/** What a robot is to be granted from the start. */
export interface RobotGrant {
  scopeId: string
  permission: Permission
}

interface RobotGrantsFieldsProps {
  instanceId: string
  grants: RobotGrant[]
  onChange: (grants: RobotGrant[]) => void
}

/** What a new robot may do, on the whole instance and on its namespaces; each of them once. */
export function RobotGrantsFields({ instanceId, grants, onChange }: RobotGrantsFieldsProps) {
  const t = useTranslations()
  const namespaces = useQuery(visibleNamespacesQuery(instanceId, ''))
  const whole: ComboboxOption = { value: instanceId, label: t('robots.grantInstance'), icon: 'instances' }
  const isFree = ({ value }: ComboboxOption) => !grants.some(({ scopeId }) => scopeId === value)
  const free = [...(namespaces.data?.items.map(namespaceOption) ?? []), whole].find(isFree)
  /** What was chosen, by id: a search may not find it any more. */
  const [names, setNames] = useState<ReadonlyMap<string, ComboboxOption>>(new Map())

  function name(option: ComboboxOption) {
    setNames((others) => new Map(others).set(option.value, option))
    return option.value
  }

  function change(index: number, changes: Partial<RobotGrant>) {
    onChange(grants.map((grant, at) => (at === index ? { ...grant, ...changes } : grant)))
  }

  return (
    <FieldSet legend={t('robots.grants')} path="grants">
      {grants.map((grant, index) => (
        <div key={index} className="flex flex-wrap items-center gap-2">
          <ScopeChoice
            label={t('robots.grantScope', { number: index + 1 })}
            instanceId={instanceId}
            whole={whole}
            chosen={names.get(grant.scopeId) ?? whole}
            mayChoose={(option) => option.value === grant.scopeId || isFree(option)}
            onChoose={(option) => change(index, { scopeId: name(option) })}
          />
          <Select
            label={t('robots.grantPermission', { number: index + 1 })}
            value={grant.permission}
            onChange={(permission) => change(index, { permission: permission as Permission })}
          >
            {permissions.map((permission) => (
              <option key={permission} value={permission}>
                {t(`grants.permissions.${permission}`)}
              </option>
            ))}
          </Select>
          <IconButton
            icon="close"
            label={t('robots.removeGrant', { number: index + 1 })}
            onClick={() => onChange(grants.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <div>
        <Button
          small
          icon="plus"
          disabled={namespaces.data === undefined || free === undefined || grants.length >= grantsMax}
          onClick={() => {
            if (free) onChange([...grants, { scopeId: name(free), permission: 'PULL' }])
          }}
        >
          {t('robots.addGrant')}
        </Button>
      </div>
      {namespaces.data === undefined && namespaces.error !== null && (
        <LoadError error={namespaces.error} onRetry={() => void namespaces.refetch()} />
      )}
      <p className="help">{t('robots.grantsHelp')}</p>
    </FieldSet>
  )
}

interface ScopeChoiceProps {
  label: string
  instanceId: string
  /** The whole instance. */
  whole: ComboboxOption
  chosen: ComboboxOption
  mayChoose: (option: ComboboxOption) => boolean
  onChoose: (option: ComboboxOption) => void
}

/** The whole instance, or a namespace of it. */
function ScopeChoice({ label, instanceId, whole, chosen, mayChoose, onChoose }: ScopeChoiceProps) {
  const t = useTranslations()
  const [search, setSearch] = useState('')
  const query = useQuery(visibleNamespacesQuery(instanceId, search))
  const { data } = query
  const offered = [...(search === '' ? [whole] : []), ...(data?.items.map(namespaceOption) ?? [])]
  return (
    <ComboboxFilter
      label={label}
      onSearch={setSearch}
      query={query}
      options={data ? offered.filter(mayChoose) : null}
      moreCount={data?.hasMore ? null : 0}
      chosen={chosen}
      onChoose={onChoose}
      empty={t('combobox.nothingFound')}
    />
  )
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { permissions } from '@/lib/domain/access'
import type { Permission } from '@/lib/domain/access'
import { allNamespacesQuery } from '../queries/namespaces'
import { Button, IconButton } from '../ui/button'
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
  const namespaces = useQuery(allNamespacesQuery(instanceId))
  const scopes = [
    ...(namespaces.data ?? []).map(({ id, name }) => ({ id, name })),
    { id: instanceId, name: t('robots.grantInstance') },
  ]
  const free = scopes.filter(({ id }) => !grants.some(({ scopeId }) => scopeId === id))

  function change(index: number, changes: Partial<RobotGrant>) {
    onChange(grants.map((grant, at) => (at === index ? { ...grant, ...changes } : grant)))
  }

  return (
    <FieldSet legend={t('robots.grants')}>
      {grants.map((grant, index) => (
        <div key={index} className="flex flex-wrap items-center gap-2">
          <Select
            label={t('robots.grantScope', { number: index + 1 })}
            value={grant.scopeId}
            onChange={(scopeId) => change(index, { scopeId })}
          >
            {scopes
              .filter((scope) => scope.id === grant.scopeId || free.includes(scope))
              .map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
          </Select>
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
          disabled={namespaces.data === undefined || free.length === 0 || grants.length >= grantsMax}
          onClick={() => onChange([...grants, { scopeId: free[0]?.id ?? instanceId, permission: 'PULL' }])}
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

'use client'

import { useTranslations } from 'next-intl'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import { permissions } from '@/lib/domain/access'
import type { Permission } from '@/lib/domain/access'
import { Button, IconButton } from '../ui/button'
import { FieldSet } from '../ui/field'
import { Select } from '../ui/filters'

/** What a robot is to be granted from the start. */
export interface RobotGrant {
  scopeId: string
  permission: Permission
}

interface RobotGrantsFieldsProps {
  instanceId: string
  namespaces: readonly NamespaceView[]
  grants: RobotGrant[]
  onChange: (grants: RobotGrant[]) => void
}

/** What a new robot may do, on the whole instance and on its namespaces; each of them once. */
export function RobotGrantsFields({ instanceId, namespaces, grants, onChange }: RobotGrantsFieldsProps) {
  const t = useTranslations()
  const scopes = [
    ...namespaces.map(({ id, name }) => ({ id, name })),
    { id: instanceId, name: t('robots.grantInstance') },
  ]
  const free = scopes.filter(({ id }) => !grants.some(({ scopeId }) => scopeId === id))

  function change(index: number, changes: Partial<RobotGrant>) {
    onChange(grants.map((grant, at) => (at === index ? { ...grant, ...changes } : grant)))
  }

  return (
    <FieldSet legend={t('robots.grants')}>
      {grants.map((grant, index) => (
        <div key={grant.scopeId} className="flex flex-wrap items-center gap-2">
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
                {t(`robots.permissions.${permission}`)}
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
          disabled={free.length === 0}
          onClick={() => onChange([...grants, { scopeId: free[0]?.id ?? instanceId, permission: 'PULL' }])}
        >
          {t('robots.addGrant')}
        </Button>
      </div>
      <p className="help">{t('robots.grantsHelp')}</p>
    </FieldSet>
  )
}

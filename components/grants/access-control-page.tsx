'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { SessionView } from '@/lib/api/schemas/sessions'
import type { RegionId } from '@/lib/domain/regions'
import { InstancePageHead } from '../instances/instance-page-head'
import { grantsQuery } from '../queries/grants'
import { instanceQuery } from '../queries/instances'
import { Button } from '../ui/button'
import { lazyComponent } from '../ui/lazy-component'
import { PageError } from '../ui/states'
import { GrantList } from './grant-list'

const CreateGrantDialog = lazyComponent(() => import('./create-grant-dialog'), 'CreateGrantDialog')

interface AccessControlPageProps {
  region: RegionId
  instanceId: string
  user: Pick<SessionView['user'], 'id' | 'role'>
}

/** Who may do what on an instance, on its namespaces and on its repositories. */
export function AccessControlPage({ region, instanceId, user }: AccessControlPageProps) {
  const t = useTranslations()
  const [isAdding, setAdding] = useState(false)
  const { data, error, refetch } = useQuery(instanceQuery(instanceId))
  const instance = data?.data
  const isAdministrator = user.role === 'ADMINISTRATOR'
  // Who may not manage the instance may still manage something in it.
  const own = useQuery({
    ...grantsQuery({ subjectId: user.id, scopeId: instanceId, permission: 'MANAGE', pageSize: 1 }),
    enabled: !isAdministrator,
  })
  const mayGrant = instance?.access === 'MANAGE' || (own.data?.totalCount ?? 0) > 0
  const add = mayGrant && (
    <Button variant="primary" icon="plus" onClick={() => setAdding(true)}>
      {t('grants.create')}
    </Button>
  )
  return (
    <>
      <InstancePageHead region={region} instanceId={instanceId} title={t('frame.accessControl')} buttons={add} />
      {error && !data ? (
        <PageError error={error} gone={t('instances.gone')} onRetry={refetch} />
      ) : (
        <>
          <p className="lead">{isAdministrator ? t('grants.leadAll') : t('grants.leadMember')}</p>
          <GrantList
            label={t('frame.accessControl')}
            filter={{ scopeId: instanceId, relation: 'within' }}
            of="everybody"
            leadsToUsers={isAdministrator}
            empty={
              isAdministrator
                ? { title: t('grants.empty'), help: t('grants.emptyInstance') }
                : { title: t('grants.emptyForMember'), help: t('grants.emptyForMemberHelp') }
            }
            add={add}
          />
        </>
      )}
      <Suspense>
        {isAdding && instance && (
          <CreateGrantDialog subject={null} scope={null} instance={instance} onClose={() => setAdding(false)} />
        )}
      </Suspense>
    </>
  )
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { SessionView } from '@/lib/api/schemas/sessions'
import type { RegionId } from '@/lib/domain/regions'
import { grantsQuery } from '../queries/grants'
import { instanceQuery } from '../queries/instances'
import { instanceHref, instancesHref } from '../routes'
import { Button } from '../ui/button'
import { PageHead } from '../ui/page'
import { ErrorState } from '../ui/states'
import { GrantList } from './grant-list'

// Loaded when it is opened: most visits don't.
const CreateGrantDialog = lazy(() =>
  import('./create-grant-dialog').then(({ CreateGrantDialog }) => ({ default: CreateGrantDialog })),
)

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
      <PageHead
        crumbs={[
          { label: t('instances.title'), href: instancesHref(region) },
          { label: instance?.name ?? instanceId, href: instanceHref(region, instanceId) },
          { label: t('frame.accessControl') },
        ]}
        title={t('frame.accessControl')}
        buttons={add}
      />
      {error && !data ? (
        <div className="table-box">
          <ErrorState
            title={isApiError(error, 'NOT_FOUND') ? t('instances.gone') : t('pages.error')}
            error={error}
            onRetry={() => void refetch()}
          />
        </div>
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

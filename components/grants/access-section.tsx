'use client'

import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { lazyComponent } from '../ui/lazy-component'
import { GrantList } from './grant-list'

const CreateGrantDialog = lazyComponent(() => import('./create-grant-dialog'), 'CreateGrantDialog')

interface AccessSectionProps {
  repository: RepositoryView
  instance: InstanceView
  /** Whether the reader sees every grant; others see those on what they may manage. */
  isAdministrator: boolean
}

/** Who reaches a repository, and through which grant: on itself, its namespace or its instance. */
export function AccessSection({ repository, instance, isAdministrator }: AccessSectionProps) {
  const t = useTranslations()
  const [isAdding, setAdding] = useState(false)
  const path = `${repository.namespace}/${repository.name}`
  const add = repository.access === 'MANAGE' && (
    <Button icon="plus" onClick={() => setAdding(true)}>
      {t('grants.create')}
    </Button>
  )

  function everybody() {
    if (repository.type === 'PRIVATE') return t('grants.privateReach')
    return instance.allowAnonymousPull ? t('grants.anonymousReach') : t('grants.publicReach')
  }

  return (
    <>
      <Banner icon={repository.type === 'PUBLIC' ? 'public' : 'private'}>
        <p>
          {everybody()} {isAdministrator ? '' : t('grants.someHidden')}
        </p>
      </Banner>
      <GrantList
        label={t('grants.access')}
        filter={{ scopeId: repository.id, relation: 'reaching' }}
        of="everybody"
        leadsToUsers={isAdministrator}
        empty={
          isAdministrator
            ? { title: t('grants.empty'), help: t('grants.emptyRepository') }
            : { title: t('grants.emptyForMember'), help: t('grants.emptyForMemberHelp') }
        }
        add={null}
        toolbarButton={add && <span className="ml-auto">{add}</span>}
      />
      <Suspense>
        {isAdding && (
          <CreateGrantDialog
            subject={null}
            scope={{ id: repository.id, name: path }}
            // Whom one finds depends on the repository alone.
            instance={instance}
            onClose={() => setAdding(false)}
          />
        )}
      </Suspense>
    </>
  )
}

'use client'

import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { repositoriesHref } from '../routes'
import { Button } from '../ui/button'
import { Copyable } from '../ui/copy-button'
import { MoreEndpoints } from '../instances/address-section'
import { RepositorySize } from '../space/repository-size'
import { Fact } from '../ui/fact'
import { lazyComponent } from '../ui/lazy-component'
import { Link } from '../ui/link'
import { Section } from '../ui/page'
import { Skeleton } from '../ui/states'
import { Time } from '../ui/time'
import { Guide } from './guide'
import { ImmutabilityStatus } from '../immutability/immutability-status'
import { TypeStatus } from './repository-status'

const ModifySettingsDialog = lazyComponent(() => import('./modify-settings-dialog'), 'ModifySettingsDialog')

/** Markdown is a third of the script of all pages together, and few descriptions are read. */
const Markdown = lazy(() => import('../ui/markdown'))

interface RepositoryDetailsProps {
  region: RegionId
  repository: RepositoryView
  instance: InstanceView
  userName: string
}

/** Details with Edit, the Guide and the description. */
export function RepositoryDetails({ region, repository, instance, userName }: RepositoryDetailsProps) {
  const t = useTranslations()
  const [isEditing, setIsEditing] = useState(false)
  const edit = repository.access === 'MANAGE' && (
    <Button small icon="edit" onClick={() => setIsEditing(true)}>
      {t('common.edit')}
    </Button>
  )
  return (
    <>
      <Section title={t('details.title')} aside={edit}>
        <Facts region={region} repository={repository} instance={instance} />
        <MoreEndpoints instance={instance} path={`/${repository.namespace}/${repository.name}`} />
      </Section>
      <Guide repository={repository} instance={instance} userName={userName} />
      <Section title={t('repositories.description')}>
        <div className="section-body prose">
          {repository.description ? (
            <Suspense fallback={<Skeleton width="xl" />}>
              <Markdown text={repository.description} />
            </Suspense>
          ) : (
            <p className="muted">{t('details.noDescription')}</p>
          )}
        </div>
      </Section>
      <Suspense>
        {isEditing && <ModifySettingsDialog repository={repository} onClose={() => setIsEditing(false)} />}
      </Suspense>
    </>
  )
}

function Facts({ region, repository, instance }: Omit<RepositoryDetailsProps, 'userName'>) {
  const t = useTranslations()
  const { mode, exemptTags } = repository.immutability

  function meaning(): string {
    if (mode === 'off') return t('details.mutableMeans')
    if (mode === 'audit') return t('details.auditMeans')
    const isAcrs = exemptTags.join(' ') === 'latest'
    return isAcrs ? t('details.immutableMeans') : t('details.exemptMeans', { count: exemptTags.length })
  }

  const path = `${repository.namespace}/${repository.name}`
  return (
    <dl className="facts">
      <Fact label={t('repositories.name')}>{repository.name}</Fact>
      <Fact label={t('repositories.namespace')}>
        <Link href={repositoriesHref(region, repository.instanceId, repository.namespace)}>{repository.namespace}</Link>
      </Fact>
      <Fact label={t('details.region')}>
        {t(`regions.${region}`)} <code className="muted">{region}</code>
      </Fact>
      <Fact label={t('details.id')}>
        <Copyable text={repository.id} label={t('details.copyId')} />
      </Fact>
      <Fact label={t('repositories.type')}>
        <TypeStatus type={repository.type} plain />
      </Fact>
      <Fact label={t('repositories.immutability')}>
        <ImmutabilityStatus mode={repository.immutability.mode} plain />
        <span className="muted">{meaning()}</span>
      </Fact>
      <Fact label={t('repositories.created')}>
        <Time value={repository.createdAt} format="minute" />
      </Fact>
      <Fact label={t('details.modified')}>
        <Time value={repository.updatedAt} format="relative" />
        <span className="muted">{t('details.by', { name: repository.updatedBy })}</span>
      </Fact>
      <Fact label={t('repositories.size')} full>
        <RepositorySize repository={repository} />
      </Fact>
      <Fact label={t('repositories.summary')} full>
        {repository.summary || <span className="muted">{t('common.none')}</span>}
      </Fact>
      <Fact label={t('address.title')} full>
        <Copyable text={`${instance.registryAddress}/${path}`} label={t('address.copy')} />
      </Fact>
    </dl>
  )
}

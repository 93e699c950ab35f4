'use client'

import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { RegionId } from '@/lib/domain/regions'
import { AccessSection } from '../grants/access-section'
import { ImmutabilitySection } from '../immutability/immutability-section'
import { OpeningBanners } from '../immutability/opening-banners'
import { InstancePageHead } from '../instances/instance-page-head'
import { instanceQuery } from '../queries/instances'
import { ActivityExport, ActivitySection } from '../ledger/activity-section'
import { repositoryQuery } from '../queries/repositories'
import { repositoriesHref, repositoryHref } from '../routes'
import type { RepositorySection } from '../routes'
import { TagCopyButton, TagSection } from '../tags/tag-section'
import { TagsSection } from '../tags/tags-section'
import { UntaggedSection } from '../tags/untagged-section'
import { Button } from '../ui/button'
import { CopyTextButton } from '../ui/copy-button'
import { Icon } from '../ui/icon'
import { lazyComponent } from '../ui/lazy-component'
import { Menu, MenuItem } from '../ui/menu'
import { PageError } from '../ui/states'
import { Badge } from '../ui/status'
import { RepositoryDetails, RepositoryDetailsSkeleton } from './repository-details'
import { ImmutabilityBadge } from '../immutability/immutability-status'

const CheckPushDialog = lazyComponent(() => import('../immutability/check-push-dialog'), 'CheckPushDialog')
const DeleteRepositoryDialog = lazyComponent(() => import('./delete-repository-dialog'), 'DeleteRepositoryDialog')

interface RepositoryPageProps {
  region: RegionId
  instanceId: string
  namespace: string
  name: string
  section: RepositorySection
  /** The tag whose page it is, in the section of tags; null: of no single tag. */
  tag: string | null
  /** Whose commands the Guide shows. */
  userName: string
  isAdministrator: boolean
}

/** One repository: its head, and the section chosen in the second pane. */
export function RepositoryPage(props: RepositoryPageProps) {
  const { region, instanceId, namespace, name, section, tag, userName, isAdministrator } = props
  const t = useTranslations()
  const router = useRouter()
  const [isDeleting, setIsDeleting] = useState(false)
  const [isChecking, setIsChecking] = useState(false)
  const path = `${namespace}/${name}`
  const instance = useQuery(instanceQuery(instanceId)).data?.data
  const { data, error, refetch } = useQuery(repositoryQuery(instanceId, namespace, name))
  const repository = data?.data

  function content() {
    if (!repository && error) {
      return <PageError error={error} gone={t('repositories.gone', { path })} onRetry={refetch} />
    }
    if (tag !== null) {
      return (
        <TagSection key={tag} region={region} repository={repository ?? null} instance={instance ?? null} tag={tag} />
      )
    }
    if (section === 'tags') {
      return <TagsSection region={region} repository={repository ?? null} instance={instance ?? null} />
    }
    if (section === 'untagged') return <UntaggedSection region={region} repository={repository ?? null} />
    if (section === 'activity') return <ActivitySection repository={repository ?? null} instance={instance ?? null} />
    if (!repository || !instance) return <RepositoryDetailsSkeleton />
    if (section === 'immutability') {
      return <ImmutabilitySection region={region} repository={repository} instance={instance} />
    }
    if (section === 'access') {
      return <AccessSection repository={repository} instance={instance} isAdministrator={isAdministrator} />
    }
    return <RepositoryDetails region={region} repository={repository} instance={instance} userName={userName} />
  }

  return (
    <>
      <InstancePageHead
        region={region}
        instanceId={instanceId}
        way={[
          { label: t('repositories.title'), href: repositoriesHref(region, instanceId) },
          ...(tag === null
            ? []
            : [{ label: path, href: repositoryHref(region, { instanceId, namespace, name }, 'tags') }]),
        ]}
        title={tag ?? path}
        badges={
          repository && (
            <>
              <ImmutabilityBadge mode={repository.immutability.mode} />
              <Badge>{repository.type === 'PUBLIC' ? t('repositories.public') : t('repositories.private')}</Badge>
            </>
          )
        }
        buttons={
          repository &&
          instance && (
            <>
              {tag !== null && <TagCopyButton repository={repository} tag={tag} />}
              {section === 'activity' && <ActivityExport repositoryId={repository.id} />}
              {section === 'immutability' && repository.access !== 'PULL' && repository.access !== null && (
                <Button icon="push" onClick={() => setIsChecking(true)}>
                  {t('immutability.check')}
                </Button>
              )}
              <CopyTextButton text={`${instance.registryHost}/${path}${tag === null ? '' : `:${tag}`}`}>
                {t('repositories.copyAddress')}
              </CopyTextButton>
              {tag === null && repository.access === 'MANAGE' && (
                <Menu label={t('common.moreActions')} className="button button--icon" button={<Icon name="dots" />}>
                  <MenuItem icon="trash" danger onSelect={() => setIsDeleting(true)}>
                    {t('repositories.delete')}
                  </MenuItem>
                </Menu>
              )}
            </>
          )
        }
      />
      {repository?.tagImmutability && <OpeningBanners region={region} repository={repository} />}
      {content()}
      <Suspense>
        {isChecking && repository && <CheckPushDialog repository={repository} onClose={() => setIsChecking(false)} />}
        {isDeleting && repository && (
          <DeleteRepositoryDialog
            repository={repository}
            onClose={() => setIsDeleting(false)}
            onDeleted={() => router.push(repositoriesHref(region, instanceId))}
          />
        )}
      </Suspense>
    </>
  )
}

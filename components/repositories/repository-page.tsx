'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { RegionId } from '@/lib/domain/regions'
import { OpeningBanners } from '../immutability/opening-banners'
import { CopyLinkButton } from '../compare/copy-link-button'
import { InstancePageHead } from '../instances/instance-page-head'
import { useInstance } from '../queries/instances'
import { useRepository } from '../queries/repositories'
import { repositoriesHref, repositoryHref } from '../routes'
import type { RepositorySection } from '../routes'
import { TagBadge, TagButtons } from '../tags/tag-buttons'
import { Button } from '../ui/button'
import { CopyTextButton } from '../ui/copy-button'
import { shortDigest } from '../ui/digest'
import { Icon } from '../ui/icon'
import { lazyComponent } from '../ui/lazy-component'
import { lazySection } from '../ui/lazy-section'
import { Menu, MenuItem } from '../ui/menu'
import { PageError } from '../ui/states'
import { Badge } from '../ui/status'
import { ImmutabilityBadge } from '../immutability/immutability-status'
import { RepositorySkeleton } from './repository-skeleton'

// What most visits do not show is loaded with the section that does. All of them wait for the repository, which the browser
// reads: their code comes at the same time, and is no part of the first load.
function Waiting() {
  return <div aria-busy="true" />
}

const AccessSection = lazySection(() => import('../grants/access-section').then((it) => it.AccessSection), Waiting)
const ActivityExport = lazySection(() => import('../ledger/activity-section').then((it) => it.ActivityExport))
const ActivitySection = lazySection(
  () => import('../ledger/activity-section').then((it) => it.ActivitySection),
  Waiting,
)
const CompareSection = lazySection(() => import('../compare/compare-section').then((it) => it.CompareSection), Waiting)
const DigestSection = lazySection(() => import('../image/digest-section').then((it) => it.DigestSection), Waiting)
const ImmutabilitySection = lazySection(
  () => import('../immutability/immutability-section').then((it) => it.ImmutabilitySection),
  Waiting,
)
const RepositoryDetails = lazySection(
  () => import('./repository-details').then((it) => it.RepositoryDetails),
  RepositorySkeleton,
)
const TagSection = lazySection(() => import('../tags/tag-section').then((it) => it.TagSection), Waiting)
const TagsSection = lazySection(() => import('../tags/tags-section').then((it) => it.TagsSection), Waiting)
const UntaggedSection = lazySection(() => import('../tags/untagged-section').then((it) => it.UntaggedSection), Waiting)

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
  /** The manifest whose page it is; null: of none. */
  digest: string | null
  /** Whose commands the Guide shows. */
  userName: string
  isAdministrator: boolean
}

/** One repository: its head, and the section chosen in the second pane. */
export function RepositoryPage(props: RepositoryPageProps) {
  const { region, instanceId, namespace, name, section, tag, digest, userName, isAdministrator } = props
  const t = useTranslations()
  const router = useRouter()
  const [isDeleting, setIsDeleting] = useState(false)
  const [isChecking, setIsChecking] = useState(false)
  const path = `${namespace}/${name}`
  const instance = useInstance(instanceId).data?.data
  const { data, error, refetch } = useRepository(instanceId, namespace, name)
  const repository = data?.data
  /** The title of a page that is of something in the repository; null: it is the repository's. */
  const ownTitle = tag ?? (digest !== null ? shortDigest(digest) : section === 'compare' ? t('compare.title') : null)
  const referenceEnd = tag !== null ? `:${tag}` : digest !== null ? `@${digest}` : ''

  function content() {
    if (!repository && error) {
      return <PageError error={error} gone={t('repositories.gone', { path })} onRetry={refetch} />
    }
    if (tag !== null) {
      return (
        <TagSection key={tag} region={region} repository={repository ?? null} instance={instance ?? null} tag={tag} />
      )
    }
    if (digest !== null) {
      return (
        <DigestSection
          key={digest}
          region={region}
          repository={repository ?? null}
          instance={instance ?? null}
          digest={digest}
        />
      )
    }
    if (section === 'compare') return <CompareSection region={region} repository={repository ?? null} />
    if (section === 'tags') {
      return <TagsSection region={region} repository={repository ?? null} instance={instance ?? null} />
    }
    if (section === 'untagged') return <UntaggedSection region={region} repository={repository ?? null} />
    if (section === 'activity')
      return <ActivitySection region={region} repository={repository ?? null} instance={instance ?? null} />
    if (!repository || !instance) return <RepositorySkeleton />
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
          ...(ownTitle === null
            ? []
            : [{ label: path, href: repositoryHref(region, { instanceId, namespace, name }, 'tags') }]),
        ]}
        title={ownTitle ?? path}
        badges={
          repository &&
          (ownTitle !== null ? (
            tag !== null && <TagBadge repository={repository} tag={tag} />
          ) : (
            <>
              <ImmutabilityBadge mode={repository.immutability.mode} />
              <Badge>{repository.type === 'PUBLIC' ? t('repositories.public') : t('repositories.private')}</Badge>
            </>
          ))
        }
        buttons={
          repository &&
          instance && (
            <>
              {tag !== null && <TagButtons region={region} repository={repository} tag={tag} />}
              {section === 'activity' && <ActivityExport repositoryId={repository.id} />}
              {section === 'immutability' && repository.access !== 'PULL' && repository.access !== null && (
                <Button icon="push" onClick={() => setIsChecking(true)}>
                  {t('immutability.check')}
                </Button>
              )}
              {section === 'compare' ? (
                <CopyLinkButton />
              ) : (
                <CopyTextButton text={`${instance.registryAddress}/${path}${referenceEnd}`}>
                  {t('repositories.copyAddress')}
                </CopyTextButton>
              )}
              {ownTitle === null && repository.access === 'MANAGE' && (
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

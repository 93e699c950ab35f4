'use client'

import { useTranslations } from 'next-intl'
import { isApiError } from '@/lib/api/client/api-error'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { useTag } from '../queries/tags'
import { Banner } from '../ui/banner'
import { lazySection } from '../ui/lazy-section'
import { Section } from '../ui/page'
import { EmptyState } from '../ui/empty-state'
import { PageError, Skeleton } from '../ui/states'
import { TagDetails } from './tag-details'
import { TagHistoryCard } from './tag-history-card'

/** Loaded beside what it shows. */
const ManifestCards = lazySection(() => import('../image/manifest-cards').then((it) => it.ManifestCards))

interface TagSectionProps {
  region: RegionId
  /** Null while it loads. */
  repository: RepositoryView | null
  /** Null while it loads. */
  instance: InstanceView | null
  tag: string
}

/** One tag: what it points at, what is in that, how to pull it, and its history, which outlives it. */
export function TagSection({ region, repository, instance, tag: name }: TagSectionProps) {
  const t = useTranslations()
  const { data, error, refetch } = useTag(repository?.id, name)
  const isGone = isApiError(error, 'NOT_FOUND')
  const mayPush = repository !== null && repository.access !== null && repository.access !== 'PULL'
  // Of a name that is no tag now, only those who see the history know more.
  if (error && !data && !(isGone && mayPush))
    return <PageError error={error} gone={t('tagHistory.gone', { tag: name })} onRetry={refetch} />
  const tag = isGone ? undefined : data?.data
  if (repository === null || (tag === undefined && !isGone)) return <DetailsSkeleton />
  const history = mayPush ? (
    <TagHistoryCard
      region={region}
      repository={repository}
      name={name}
      isProtected={tag?.isProtected === true}
      isGone={isGone}
    />
  ) : (
    <Section title={t('tagHistory.history')}>
      <EmptyState title={t('tagHistory.notForPullers')}>{t('tagHistory.notForPullersHelp')}</EmptyState>
    </Section>
  )
  if (tag === undefined) {
    return (
      <>
        <Banner icon="info">
          <p>
            <strong>{t('tagHistory.noTagNow', { tag: name })}</strong> {t('tagHistory.noTagNowHelp')}
          </p>
        </Banner>
        {history}
      </>
    )
  }
  return (
    <>
      <TagDetails region={region} repository={repository} tag={tag} maySeeHistory={mayPush} />
      <ManifestCards
        region={region}
        repository={repository}
        instance={instance}
        digest={tag.digest}
        tag={name}
        isProtected={tag.isProtected}
      >
        {history}
      </ManifestCards>
    </>
  )
}

function DetailsSkeleton() {
  const t = useTranslations()
  return (
    <Section title={t('tagHistory.details')}>
      <p className="section-body" role="status" aria-label={t('tagHistory.loading')}>
        <Skeleton width="xl" />
      </p>
    </Section>
  )
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { TagWithEffectView } from '@/lib/api/schemas/tags'
import type { RegionId } from '@/lib/domain/regions'
import { tagHistoryQuery } from '../queries/tag-history'
import { tagQuery } from '../queries/tags'
import { repositoryHref } from '../routes'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Copyable } from '../ui/copy-button'
import { Fact } from '../ui/fact'
import { lazyComponent } from '../ui/lazy-component'
import { List } from '../ui/list'
import { Section } from '../ui/page'
import { EmptyState, PageError, Skeleton } from '../ui/states'
import { Status } from '../ui/status'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import { useListParameters } from '../ui/use-list-parameters'
import { Platforms } from './platforms'
import { TagTimeline } from './tag-timeline'

const RestoreTagDialog = lazyComponent(() => import('./restore-tag-dialog'), 'RestoreTagDialog')
const CopyTagDialog = lazyComponent(() => import('./copy-tag-dialog'), 'CopyTagDialog')

interface TagSectionProps {
  region: RegionId
  /** Null while it loads. */
  repository: RepositoryView | null
  /** Null while it loads. */
  instance: InstanceView | null
  tag: string
}

/** One tag: what it points at since when, and its history, which outlives it. */
export function TagSection({ region, repository, tag: name }: TagSectionProps) {
  const t = useTranslations()
  const { data, error, refetch } = useQuery({ ...tagQuery(repository?.id ?? '', name), enabled: repository !== null })
  const isGone = isApiError(error, 'NOT_FOUND')
  const mayPush = repository !== null && repository.access !== null && repository.access !== 'PULL'
  // Of a name that is no tag now, only those who see the history know more.
  if (error && !data && !(isGone && mayPush))
    return <PageError error={error} gone={t('tagHistory.gone', { tag: name })} onRetry={refetch} />
  const tag = isGone ? null : (data?.data ?? null)
  return (
    <>
      {!isGone && (
        <Section title={t('tagHistory.details')}>{tag === null ? <FactsSkeleton /> : <Facts tag={tag} />}</Section>
      )}
      {repository !== null && !mayPush && (
        <Section title={t('tagHistory.history')}>
          <EmptyState title={t('tagHistory.notForPullers')}>{t('tagHistory.notForPullersHelp')}</EmptyState>
        </Section>
      )}
      {repository !== null && mayPush && (
        <History region={region} repository={repository} name={name} tag={tag} isGone={isGone} />
      )}
    </>
  )
}

function Facts({ tag }: { tag: TagWithEffectView }) {
  const t = useTranslations()
  const format = useFormat()
  return (
    <dl className="facts">
      <Fact label={t('tags.digest')} full>
        <Copyable text={tag.digest} label={t('tags.copyDigest', { name: tag.name })} />
      </Fact>
      <Fact label={t('tagHistory.unchangedSince')}>
        <Time value={tag.pushedAt} format="minute" />
      </Fact>
      <Fact label={t('tags.pushedBy')}>{tag.pushedBy}</Fact>
      <Fact label={t('tags.protection')}>
        <Status icon={tag.isProtected ? 'lock' : 'free'} tone={tag.isProtected ? 'accent' : 'quiet'}>
          {tag.isProtected ? t('tags.protected') : t('tags.unprotected')}
        </Status>
      </Fact>
      <Fact label={t('tags.size')}>{format.bytes(tag.sizeBytes)}</Fact>
      <Fact label={t('tags.platforms')}>
        <Platforms of={tag} />
      </Fact>
    </dl>
  )
}

function FactsSkeleton() {
  const t = useTranslations()
  return (
    <p className="section-body" role="status" aria-label={t('tagHistory.loading')}>
      <Skeleton width="xl" />
    </p>
  )
}

interface HistoryProps {
  region: RegionId
  repository: RepositoryView
  name: string
  /** Null while it loads, and when there is no such tag. */
  tag: TagWithEffectView | null
  isGone: boolean
}

function History({ region, repository, name, tag, isGone }: HistoryProps) {
  const t = useTranslations()
  const list = useListParameters([])
  const [restoring, setRestoring] = useState<string | null>(null)
  const query = useQuery(tagHistoryQuery(repository.id, name, list.page))
  const isProtected = tag?.isProtected === true
  const activity = repositoryHref(region, repository, 'activity')
  if (isGone && isApiError(query.error, 'NOT_FOUND')) {
    return <PageError error={query.error} gone={t('tagHistory.gone', { tag: name })} onRetry={query.refetch} />
  }
  return (
    <>
      {isGone && (
        <Banner icon="info">
          <p>
            <strong>{t('tagHistory.noTagNow', { tag: name })}</strong> {t('tagHistory.noTagNowHelp')}
          </p>
        </Banner>
      )}
      <Section title={t('tagHistory.history')}>
        <List
          list={list}
          query={query}
          nothingFound={t('tagHistory.empty')}
          empty={<EmptyState title={t('tagHistory.empty')}>{t('tagHistory.emptyHelp')}</EmptyState>}
          count={(count) => t('tagHistory.count', { count })}
        >
          {(entries) => (
            <>
              <TagTimeline
                entries={entries}
                currentDigest={query.data?.currentDigest ?? null}
                mayRestore={!isProtected}
                refusalsHref={`${activity}?kind=REFUSED&tag=${encodeURIComponent(name)}`}
                onRestore={setRestoring}
              />
              {isProtected && <p className="timeline-note">{t('tagHistory.protectedNote')}</p>}
            </>
          )}
        </List>
      </Section>
      <Suspense>
        {restoring !== null && (
          <RestoreTagDialog
            repositoryId={repository.id}
            tag={name}
            digest={restoring}
            from={query.data?.currentDigest ?? null}
            onClose={() => setRestoring(null)}
          />
        )}
      </Suspense>
    </>
  )
}

/** Copies the tag whose page it is; nothing while there is no such tag. */
export function TagCopyButton({ repository, tag: name }: { repository: RepositoryView; tag: string }) {
  const t = useTranslations()
  const [isCopying, setCopying] = useState(false)
  const { data, error } = useQuery(tagQuery(repository.id, name))
  if (!data || isApiError(error, 'NOT_FOUND')) return null
  return (
    <>
      <Button icon="copy" onClick={() => setCopying(true)}>
        {t('tagHistory.copy')}
      </Button>
      <Suspense>
        {isCopying && (
          <CopyTagDialog
            repository={repository}
            tag={name}
            digest={data.data.digest}
            onClose={() => setCopying(false)}
          />
        )}
      </Suspense>
    </>
  )
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { tagHistoryQuery } from '../queries/tag-history'
import { compareHref, digestHref, repositoryHref } from '../routes'
import { lazyComponent } from '../ui/lazy-component'
import { ListContent } from '../ui/list'
import { Section } from '../ui/page'
import { EmptyState } from '../ui/empty-state'
import { PageError } from '../ui/states'
import { TableFoot } from '../ui/table-foot'
import { useListParameters } from '../ui/use-list-parameters'
import { TagTimeline } from './tag-timeline'

const RestoreTagDialog = lazyComponent(() => import('./restore-tag-dialog'), 'RestoreTagDialog')

interface TagHistoryCardProps {
  region: RegionId
  repository: RepositoryView
  name: string
  isProtected: boolean
  /** Whether there is no such tag now. */
  isGone: boolean
}

/** What happened to a tag; earlier digests of it can be compared with the current one, and restored. */
export function TagHistoryCard({ region, repository, name, isProtected, isGone }: TagHistoryCardProps) {
  const t = useTranslations()
  const list = useListParameters([])
  const [restoring, setRestoring] = useState<string | null>(null)
  const query = useQuery(tagHistoryQuery(repository.id, name, list.page))
  const hasPages = query.data !== undefined && query.data.totalCount > query.data.items.length
  const activity = repositoryHref(region, repository, 'activity')
  if (isGone && isApiError(query.error, 'NOT_FOUND')) {
    return <PageError error={query.error} gone={t('tagHistory.gone', { tag: name })} onRetry={query.refetch} />
  }
  return (
    <>
      <Section
        title={t('tagHistory.history')}
        aside={query.data && <span className="muted">{t('tagHistory.count', { count: query.data.totalCount })}</span>}
      >
        <ListContent
          list={list}
          query={query}
          nothingFound={t('tagHistory.empty')}
          empty={<EmptyState title={t('tagHistory.empty')}>{t('tagHistory.emptyHelp')}</EmptyState>}
        >
          {(entries) => (
            <>
              <TagTimeline
                entries={entries}
                currentDigest={query.data?.currentDigest ?? null}
                mayRestore={!isProtected}
                refusalsHref={`${activity}?kind=REFUSED&tag=${encodeURIComponent(name)}`}
                digestHref={(digest) => digestHref(region, repository, digest)}
                compareHref={(digest) => (isGone ? null : compareHref(region, repository, digest, name))}
                onRestore={setRestoring}
              />
              {isProtected && <p className="timeline-note">{t('tagHistory.protectedNote')}</p>}
            </>
          )}
        </ListContent>
        {hasPages && (
          <TableFoot list={list} page={query.data} stale={query.isPlaceholderData}>
            {null}
          </TableFoot>
        )}
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

'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { TagView } from '@/lib/api/schemas/tags'
import type { RegionId } from '@/lib/domain/regions'
import { tagsQuery } from '../queries/tags'
import { repositoryHref, tagHref } from '../routes'
import { Banner } from '../ui/banner'
import { CodeBlock } from '../ui/code-block'
import { lazyComponent } from '../ui/lazy-component'
import { List, RefreshButton, Toolbar } from '../ui/list'
import { EmptyState } from '../ui/states'
import { useListParameters } from '../ui/use-list-parameters'
import { TagTable } from './tag-table'

const CopyTagDialog = lazyComponent(() => import('./copy-tag-dialog'), 'CopyTagDialog')
const DeleteTagDialog = lazyComponent(() => import('./delete-tag-dialog'), 'DeleteTagDialog')

interface TagsSectionProps {
  region: RegionId
  /** Null while it loads. */
  repository: RepositoryView | null
  /** Null while it loads. */
  instance: InstanceView | null
}

/** The tags of a repository. */
export function TagsSection({ region, repository, instance }: TagsSectionProps) {
  const t = useTranslations()
  const list = useListParameters(['search'])
  const sorting = list.sorting('-pushedAt')
  const [deleting, setDeleting] = useState<TagView | null>(null)
  const [copying, setCopying] = useState<TagView | null>(null)
  const query = useQuery({
    ...tagsQuery(repository?.id ?? '', { ...list.filters, sort: sorting.sort, ...list.page }),
    enabled: repository !== null,
  })
  const isManaged = repository?.access === 'MANAGE'
  const address = repository && instance && `${instance.registryHost}/${repository.namespace}/${repository.name}`

  return (
    <>
      {repository?.tagImmutability && repository.tagCount > 0 && (
        <Banner tone="accent" icon="lock">
          <p>
            {t.rich('tags.protectedBanner', {
              strong: (chunks) => <strong>{chunks}</strong>,
              code: (chunks) => <code>{chunks}</code>,
            })}
          </p>
        </Banner>
      )}
      <Toolbar list={list} label={t('tags.search')} placeholder={t('tags.searchPlaceholder')}>
        {isManaged && (
          <Link className="button" href={repositoryHref(region, repository, 'untagged')}>
            {t('untagged.title')}
          </Link>
        )}
        <RefreshButton busy={query.isFetching} onRefresh={() => void query.refetch()} />
      </Toolbar>
      <div className="table-box">
        <List
          list={list}
          query={query}
          nothingFound={t('tags.nothingFound', list.filters)}
          empty={
            <EmptyState
              title={t('tags.empty')}
              action={
                address &&
                repository.access !== 'PULL' && (
                  <CodeBlock
                    label={t('guide.copyPush')}
                    lines={[[`docker push ${address}:`, { variable: t('guide.tag') }]]}
                  />
                )
              }
            >
              {repository?.access === 'PULL' ? t('tags.emptyForPuller') : t('tags.emptyHelp')}
            </EmptyState>
          }
          count={(count) => t('tags.count', { count })}
        >
          {(tags, stale) => (
            <TagTable
              address={address}
              isImmutable={repository?.tagImmutability ?? false}
              isManaged={isManaged}
              tags={tags}
              stale={stale}
              {...sorting}
              hrefOf={(tag) => (repository ? tagHref(region, repository, tag.name) : '')}
              onCopy={setCopying}
              onDelete={setDeleting}
            />
          )}
        </List>
      </div>
      <Suspense>
        {copying && repository && (
          <CopyTagDialog
            repository={repository}
            tag={copying.name}
            digest={copying.digest}
            onClose={() => setCopying(null)}
          />
        )}
        {deleting && repository && (
          <DeleteTagDialog repositoryId={repository.id} name={deleting.name} onClose={() => setDeleting(null)} />
        )}
      </Suspense>
    </>
  )
}

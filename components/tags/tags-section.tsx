'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { TagView } from '@/lib/api/schemas/tags'
import { tagsQuery } from '../queries/tags'
import { Banner } from '../ui/banner'
import { Button, IconButton } from '../ui/button'
import { CodeBlock } from '../ui/code-block'
import { SearchField } from '../ui/filters'
import { EmptyState, ErrorState } from '../ui/states'
import { TableFoot } from '../ui/table-foot'
import { useListParameters } from '../ui/use-list-parameters'
import { TagTable } from './tag-table'

// Loaded when one is opened: most visits open none.
const DeleteTagDialog = lazy(() =>
  import('./delete-tag-dialog').then(({ DeleteTagDialog }) => ({ default: DeleteTagDialog })),
)

interface TagsSectionProps {
  /** Null while it loads. */
  repository: RepositoryView | null
  /** Null while it loads. */
  instance: InstanceView | null
}

/** The tags of a repository. */
export function TagsSection({ repository, instance }: TagsSectionProps) {
  const t = useTranslations()
  const list = useListParameters()
  const [deleting, setDeleting] = useState<TagView | null>(null)
  const search = list.get('search')
  const sort = list.get('sort') || '-pushedAt'
  const { data, error, isPending, isFetching, isPlaceholderData, refetch } = useQuery({
    ...tagsQuery(repository?.id ?? '', { search, sort, pageSize: list.pageSize, cursor: list.cursor }),
    enabled: repository !== null,
  })
  const address = repository && instance && `${instance.registryHost}/${repository.namespace}/${repository.name}`

  function content() {
    if (!isPending && error) {
      return <ErrorState title={t('table.failed')} error={error} onRetry={() => void refetch()} />
    }
    if (data?.items.length === 0) {
      return search ? (
        <EmptyState
          title={t('table.nothingFound')}
          action={<Button onClick={() => list.set({ search: '' })}>{t('table.clearFilters')}</Button>}
        >
          {t('tags.nothingFound', { search })}
        </EmptyState>
      ) : (
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
      )
    }
    return (
      <TagTable
        address={address}
        isImmutable={repository?.tagImmutability ?? false}
        isManaged={repository?.access === 'MANAGE'}
        tags={data?.items ?? null}
        stale={isPlaceholderData}
        sort={sort}
        onSort={(next) => list.set({ sort: next === '-pushedAt' ? '' : next })}
        onDelete={setDeleting}
      />
    )
  }

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
      <div className="toolbar" role="search">
        <SearchField
          label={t('tags.search')}
          placeholder={t('tags.searchPlaceholder')}
          value={search}
          onSearch={(text) => list.set({ search: text })}
        />
        <span className="spacer hide-sm" />
        <span className="hide-sm">
          <IconButton
            icon="refresh"
            large
            label={t('table.refresh')}
            aria-busy={isFetching}
            onClick={() => void refetch()}
          />
        </span>
      </div>
      <div className="table-box">
        {content()}
        {!error && data?.items.length !== 0 && (
          <TableFoot list={list} page={data}>
            {data && t('tags.count', { count: data.totalCount })}
          </TableFoot>
        )}
      </div>
      <Suspense>
        {deleting && repository && (
          <DeleteTagDialog repositoryId={repository.id} name={deleting.name} onClose={() => setDeleting(null)} />
        )}
      </Suspense>
    </>
  )
}

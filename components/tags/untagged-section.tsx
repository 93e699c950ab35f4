'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { untaggedQuery } from '../queries/tags'
import { digestHref, repositoryHref } from '../routes'
import { Link } from '../ui/link'
import { List, RefreshButton } from '../ui/list'
import { EmptyState } from '../ui/empty-state'
import { useListParameters } from '../ui/use-list-parameters'
import { UntaggedTable } from './untagged-table'

interface UntaggedSectionProps {
  region: RegionId
  /** Null while it loads. */
  repository: RepositoryView | null
}

/** The manifests of a repository that nothing reaches, and when garbage collection removes them. */
export function UntaggedSection({ region, repository }: UntaggedSectionProps) {
  const t = useTranslations()
  const list = useListParameters([])
  const query = useQuery({ ...untaggedQuery(repository?.id ?? '', list.page), enabled: repository !== null })
  return (
    <>
      <div className="toolbar">
        <h2>{t('untagged.title')}</h2>
        {repository && <Link href={repositoryHref(region, repository, 'tags')}>{t('untagged.backToTags')}</Link>}
        <RefreshButton busy={query.isFetching} onRefresh={() => void query.refetch()} />
      </div>
      <p className="muted mb-4">{t('untagged.help')}</p>
      <div className="table-box">
        <List
          list={list}
          query={query}
          empty={<EmptyState title={t('untagged.empty')}>{t('untagged.emptyHelp')}</EmptyState>}
          count={(count) => t('untagged.count', { count })}
        >
          {(manifests, stale) => (
            <UntaggedTable
              manifests={manifests}
              stale={stale}
              hrefOf={(digest) => (repository ? digestHref(region, repository, digest) : '')}
            />
          )}
        </List>
      </div>
    </>
  )
}

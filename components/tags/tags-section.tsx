'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { tagProtections } from '@/lib/api/schemas/limits'
import type { TagView } from '@/lib/api/schemas/tags'
import { listedKinds } from '@/lib/domain/listed-kinds'
import type { RegionId } from '@/lib/domain/regions'
import { useSelection } from '../bulk/use-selection'
import { tagsQuery } from '../queries/tags'
import type { ChosenTags } from '../queries/tags'
import { compareHref, repositoryHref, tagHref } from '../routes'
import { Banner } from '../ui/banner'
import { CodeBlock } from '../ui/code-block'
import { ColumnsButton } from '../ui/column-choice'
import { Select } from '../ui/filters'
import { lazyComponent } from '../ui/lazy-component'
import { Link } from '../ui/link'
import { List, RefreshButton, Toolbar } from '../ui/list'
import { EmptyState } from '../ui/empty-state'
import { useListParameters } from '../ui/use-list-parameters'
import { TagTable, useTagColumns } from './tag-table'
import { useTagPoll } from './use-tag-poll'

const TagSelectionBar = lazy(() => import('./tag-selection-bar').then((it) => ({ default: it.TagSelectionBar })))

const CopyTagDialog = lazyComponent(() => import('./copy-tag-dialog'), 'CopyTagDialog')
const DeleteTagDialog = lazyComponent(() => import('./delete-tag-dialog'), 'DeleteTagDialog')

const DeleteTagsDialog = lazyComponent(() => import('./delete-tags-dialog'), 'DeleteTagsDialog')

/** The orders that the toolbar offers, with their words. */
const orders = [
  ['-pushedAt', 'pushedAtDown'],
  ['pushedAt', 'pushedAt'],
  ['-version', 'versionDown'],
  ['version', 'version'],
  ['name', 'name'],
  ['-name', 'nameDown'],
  ['-size', 'sizeDown'],
  ['size', 'size'],
] as const

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
  const list = useListParameters(['search', 'protection', 'kind'], { isNumbered: true })
  const withTechnical = list.get('technical')
  const sorting = list.sorting('-pushedAt')
  const [deleting, setDeleting] = useState<TagView | null>(null)
  const [copying, setCopying] = useState<TagView | null>(null)
  const [removing, setRemoving] = useState<{ chosen: ChosenTags; count: number } | null>(null)
  const parameters = { ...list.filters, withTechnical, sort: sorting.sort, ...list.page, page: list.numbered }
  const query = useQuery({ ...tagsQuery(repository?.id ?? '', parameters), enabled: repository !== null })
  useTagPoll(repository, parameters)
  const selection = useSelection<TagView>(
    JSON.stringify([repository?.id, list.filters, withTechnical]),
    ({ name }) => name,
  )
  const columns = useTagColumns()
  const isManaged = repository?.access === 'MANAGE'
  const address = repository && instance && `${instance.registryAddress}/${repository.namespace}/${repository.name}`

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
        <Select label={t('tagTable.protectionFilter')} {...list.filter('protection')}>
          <option value="">{t('tagTable.allProtection')}</option>
          {tagProtections.map((protection) => (
            <option key={protection} value={protection}>
              {t(`tagTable.protectionOf.${protection}`)}
            </option>
          ))}
        </Select>
        <Select label={t('tagTable.kindFilter')} {...list.filter('kind')}>
          <option value="">{t('tagTable.allKinds')}</option>
          {listedKinds.map((kind) => (
            <option key={kind} value={kind}>
              {t(`tagTable.kinds.${kind}`)}
            </option>
          ))}
        </Select>
        <Select label={t('tagTable.sort')} value={sorting.sort} onChange={sorting.onSort}>
          {orders.map(([sort, words]) => (
            <option key={sort} value={sort}>
              {t(`tagTable.sorts.${words}`)}
            </option>
          ))}
        </Select>
        <label className="toolbar-check">
          <input
            type="checkbox"
            className="check"
            checked={withTechnical !== ''}
            onChange={(event) => list.set({ technical: event.target.checked ? 'true' : '' })}
          />
          {t('tagTable.technical')}
        </label>
        <ColumnsButton table="tags" always={t('tags.tag')} columns={columns} />
        <RefreshButton busy={query.isFetching} onRefresh={() => void query.refetch()} />
      </Toolbar>
      <div className="table-box">
        <List
          list={list}
          query={query}
          {...(list.filters.search !== '' && { nothingFound: t('tags.nothingFound', list.filters) })}
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
          selection={
            repository && !selection.isEmpty ? (
              <Suspense>
                <TagSelectionBar
                  selection={selection}
                  // All are offered only where it is known how many that are.
                  totalCount={query.data?.isCapped ? 0 : (query.data?.totalCount ?? 0)}
                  hrefOfComparison={(before, after) => compareHref(region, repository, before, after)}
                  onDelete={
                    isManaged
                      ? (count) =>
                          setRemoving({
                            chosen: selection.keys === null ? { matching: parameters } : { names: selection.keys },
                            count,
                          })
                      : null
                  }
                />
              </Suspense>
            ) : null
          }
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
              selection={selection}
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
        {removing && repository && (
          <DeleteTagsDialog
            repositoryId={repository.id}
            {...removing}
            onClose={() => {
              setRemoving(null)
              selection.clear()
            }}
          />
        )}
        {deleting && repository && (
          <DeleteTagDialog repositoryId={repository.id} name={deleting.name} onClose={() => setDeleting(null)} />
        )}
      </Suspense>
    </>
  )
}

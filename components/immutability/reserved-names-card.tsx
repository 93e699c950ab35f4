'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { TombstoneView } from '@/lib/api/schemas/tags'
import type { RegionId } from '@/lib/domain/regions'
import { reservedNamesQuery } from '../queries/openings'
import { tagHref } from '../routes'
import { Digest } from '../ui/digest'
import { TextButton } from '../ui/button'
import { Icon } from '../ui/icon'
import { lazyComponent } from '../ui/lazy-component'
import { Link } from '../ui/link'
import { ListContent } from '../ui/list'
import { Section } from '../ui/page'
import { Status } from '../ui/status'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { useIsAdministrator } from '../user-context'
import { ShowMore } from '../ui/show-more'

const ReleaseNameDialog = lazyComponent(() => import('./release-name-dialog'), 'ReleaseNameDialog')

/** The names of deleted tags that are reserved in a repository. */
export function ReservedNamesCard({ region, repository }: { region: RegionId; repository: RepositoryView }) {
  const t = useTranslations()
  const [releasing, setReleasing] = useState<TombstoneView | null>(null)
  const query = useInfiniteQuery(reservedNamesQuery(repository.id))
  return (
    <Section title={t('openings.reserved')} aside={<span className="muted">{t('openings.reservedHelp')}</span>}>
      <ListContent query={query} empty={<p className="section-body muted">{t('openings.reservedEmpty')}</p>}>
        {(names, stale) => (
          <ReservedNamesTable
            names={names}
            stale={stale}
            hrefOf={(tag) => tagHref(region, repository, tag)}
            onRelease={setReleasing}
          />
        )}
      </ListContent>
      <ShowMore query={query} />
      <Suspense>
        {releasing && (
          <ReleaseNameDialog
            repositoryId={repository.id}
            path={`${repository.namespace}/${repository.name}`}
            name={releasing}
            onClose={() => setReleasing(null)}
          />
        )}
      </Suspense>
    </Section>
  )
}

interface ReservedNamesTableProps {
  /** Null while they load. */
  names: readonly TombstoneView[] | null
  stale: boolean
  /** The page of a tag: its history outlives it. */
  hrefOf: (tag: string) => string
  onRelease: (name: TombstoneView) => void
}

function ReservedNamesTable({ names, stale, hrefOf, onRelease }: ReservedNamesTableProps) {
  const t = useTranslations()
  const isAdministrator = useIsAdministrator()
  const columns: Column<TombstoneView>[] = [
    {
      key: 'tag',
      header: t('tags.tag'),
      kind: 'name',
      skeleton: 'md',
      cell: ({ tag }) => (
        <span className="status" title={tag}>
          <Icon name="reserved" />
          <Link href={hrefOf(tag)}>
            <code>{tag}</code>
          </Link>
        </span>
      ),
    },
    {
      key: 'digest',
      header: t('tags.digest'),
      gives: 2,
      skeleton: 'md',
      cell: ({ digest }) => <Digest digest={digest} label={t('untagged.copyDigest', { digest })} />,
    },
    {
      key: 'reason',
      header: t('openings.reason'),
      skeleton: 'xl',
      grows: true,
      cell: ({ reason, isOfFormerRepository }) => (
        <span className="cell-stack cell-reason">
          <span>{reason}</span>
          {isOfFormerRepository && <small>{t('openings.ofFormer')}</small>}
        </span>
      ),
    },
    {
      key: 'by',
      header: t('openings.deletedBy'),
      repeatsHeader: true,
      skeleton: 'lg',
      cell: ({ deletedBy, deletedAt }) => (
        <span className="cell-stack">
          <span title={deletedBy}>{deletedBy}</span>
          <small>
            <Time value={deletedAt} format="minute" />
          </small>
        </span>
      ),
    },
    {
      key: 'tried',
      header: t('openings.triedSince'),
      repeatsHeader: true,
      skeleton: 'sm',
      cell: ({ refusedCount }) =>
        refusedCount === 0 ? (
          <span className="muted">{t('openings.never')}</span>
        ) : (
          <Status icon="refused" tone="danger">
            {t('openings.refused', { count: refusedCount })}
          </Status>
        ),
    },
    ...(isAdministrator
      ? [
          {
            key: 'actions',
            header: t('table.actions'),
            kind: 'actions' as const,
            skeleton: 'sm' as const,
            cell: (name: TombstoneView) => (
              <TextButton aria-label={t('openings.releaseNamed', { tag: name.tag })} onClick={() => onRelease(name)}>
                {t('openings.releaseButton')}
              </TextButton>
            ),
          },
        ]
      : []),
  ]
  return <Table label={t('openings.reserved')} columns={columns} rows={names} rowKey={({ tag }) => tag} stale={stale} />
}

'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { OpeningView } from '@/lib/api/schemas/immutability'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { openingsQuery } from '../queries/openings'
import { repositoryHref, tagHref } from '../routes'
import { Button, TextButton } from '../ui/button'
import { lazyComponent } from '../ui/lazy-component'
import { Link } from '../ui/link'
import { ListContent } from '../ui/list'
import { Section } from '../ui/page'
import { Status } from '../ui/status'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import { useIsAdministrator } from '../user-context'
import { ShowMore } from '../ui/show-more'
import { useTimeLeft } from './time-left'
import { useCloseNow } from './use-close-now'

const OpenTagDialog = lazyComponent(() => import('./open-tag-dialog'), 'OpenTagDialog')

/** The openings of a repository's tags, and a button for another one. */
export function OpeningsCard({ region, repository }: { region: RegionId; repository: RepositoryView }) {
  const t = useTranslations()
  const isAdministrator = useIsAdministrator()
  const [isOpening, setIsOpening] = useState(false)
  const query = useInfiniteQuery(openingsQuery(repository.id))
  return (
    <Section
      title={t('openings.title')}
      aside={
        isAdministrator &&
        repository.tagImmutability && (
          <Button small onClick={() => setIsOpening(true)}>
            {t('openings.openTagButton')}
          </Button>
        )
      }
    >
      <ListContent query={query} empty={<p className="section-body muted">{t('openings.empty')}</p>}>
        {(openings, stale) => (
          <OpeningsTable region={region} repository={repository} openings={openings} stale={stale} />
        )}
      </ListContent>
      <ShowMore query={query} />
      <Suspense>
        {isOpening && (
          <OpenTagDialog
            repositoryId={repository.id}
            path={`${repository.namespace}/${repository.name}`}
            tag={null}
            onClose={() => setIsOpening(false)}
          />
        )}
      </Suspense>
    </Section>
  )
}

interface OpeningsTableProps {
  region: RegionId
  repository: RepositoryView
  /** Null while they load. */
  openings: readonly OpeningView[] | null
  stale: boolean
}

function OpeningsTable({ region, repository, openings, stale }: OpeningsTableProps) {
  const t = useTranslations()
  const format = useFormat()
  const isAdministrator = useIsAdministrator()
  const timeLeft = useTimeLeft()
  const { closeNow, isPending } = useCloseNow(repository.id)
  const leftOf = (opening: OpeningView) => (opening.isOpen ? timeLeft(opening) : null)
  const columns: Column<OpeningView>[] = [
    {
      key: 'tag',
      header: t('tags.tag'),
      kind: 'name',
      skeleton: 'md',
      cell: ({ tag }) => (
        <Link href={tagHref(region, repository, tag)}>
          <code title={tag}>{tag}</code>
        </Link>
      ),
    },
    {
      key: 'state',
      header: t('openings.state'),
      skeleton: 'md',
      cell: (opening) => <OpeningStatus opening={opening} left={leftOf(opening)} />,
    },
    {
      key: 'reason',
      header: t('openings.reason'),
      skeleton: 'xl',
      grows: true,
      cell: ({ reason }) => <span className="cell-reason">{reason}</span>,
    },
    {
      key: 'by',
      header: t('openings.openedBy'),
      repeatsHeader: true,
      gives: 3,
      skeleton: 'lg',
      cell: ({ openedBy, opensAt, closesAt }) => (
        <span className="cell-stack">
          <span title={openedBy}>{openedBy}</span>
          <small>
            <Time value={opensAt} format="minute" />
            {t('common.comma')}
            {format.duration(Date.parse(closesAt) - Date.parse(opensAt))}
          </small>
        </span>
      ),
    },
    {
      key: 'moves',
      header: t('openings.moves'),
      repeatsHeader: true,
      gives: 2,
      skeleton: 'sm',
      cell: ({ moveCount, isOpen }) =>
        moveCount === 0 ? (
          <span className="muted">{isOpen ? t('openings.noneYet') : t('openings.none')}</span>
        ) : (
          t('openings.times', { count: moveCount })
        ),
    },
    {
      key: 'actions',
      header: t('table.actions'),
      kind: 'actions',
      skeleton: 'sm',
      cell: (opening) => (
        <>
          {isAdministrator && leftOf(opening) !== null && (
            <TextButton
              aria-label={t('openings.closeNamed', { tag: opening.tag })}
              aria-busy={isPending}
              onClick={() => closeNow(opening)}
            >
              {t('openings.close')}
            </TextButton>
          )}
          {repository.access !== 'PULL' && repository.access !== null && (
            <Link
              href={`${repositoryHref(region, repository, 'activity')}?tag=${encodeURIComponent(opening.tag)}`}
              aria-label={t('openings.logNamed', { tag: opening.tag })}
            >
              {t('openings.log')}
            </Link>
          )}
        </>
      ),
    },
  ]
  return <Table label={t('openings.title')} columns={columns} rows={openings} rowKey={({ id }) => id} stale={stale} />
}

function OpeningStatus({ opening, left }: { opening: OpeningView; left: string | null }) {
  const t = useTranslations()
  if (left !== null) {
    return (
      <Status icon="unlock" tone="warn">
        {t('openings.openFor', { left })}
      </Status>
    )
  }
  return (
    <Status icon="lock" tone="quiet">
      {t(`openings.ends.${opening.closedHow ?? 'TIME'}`)}
    </Status>
  )
}

'use client'

import { useLocale, useTranslations } from 'next-intl'
import type { TagEventView } from '@/lib/api/schemas/tag-events'
import type { RegionId } from '@/lib/domain/regions'
import { formatDay } from '@/lib/i18n/format'
import { repositoryHref, tagHref } from '../routes'
import { TextButton } from '../ui/button'
import { Link } from '../ui/link'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { DigestMove, EventStatus, clientOf, useCredentialText, useReasonText } from './event-texts'

interface LedgerTableProps {
  label: string
  region: RegionId
  instanceId: string
  /** Null while they load. */
  events: readonly TagEventView[] | null
  stale: boolean
  onOpen: (event: TagEventView) => void
}

/** What happened to the tags of a repository, by day. Refusals stand out, with the sentence that the client saw. */
export function ActivityTable(props: LedgerTableProps) {
  const { label, region, instanceId, events, stale, onOpen } = props
  const t = useTranslations()
  const locale = useLocale()
  const reasonText = useReasonText()
  const common = useCommonColumns(onOpen)
  const columns: Column<TagEventView>[] = [
    {
      key: 'time',
      header: t('ledger.time'),
      skeleton: 'md',
      cell: (event) => <Time value={event.createdAt} format="second" />,
    },
    { key: 'event', header: t('ledger.event'), skeleton: 'md', cell: (event) => <EventStatus kind={event.kind} /> },
    {
      key: 'tag',
      header: t('tags.tag'),
      kind: 'name',
      skeleton: 'xl',
      cell: (event) => (
        <span className="cell-stack ledger-tag">
          <span>
            <TagLink region={region} instanceId={instanceId} event={event} />
            {event.count > 1 && (
              <span className="badge badge--danger">{t('ledger.times', { count: event.count })}</span>
            )}
          </span>
          {event.reason !== null && <small className="why">{reasonText(event)}</small>}
        </span>
      ),
    },
    common.digest,
    common.by,
    common.from,
    common.actions,
  ]
  return (
    <div className="ledger">
      <Table
        label={label}
        columns={columns}
        rows={events}
        rowKey={({ id }) => id}
        rowClass={({ kind }) => (kind === 'REFUSED' ? 'refused' : undefined)}
        groupOf={({ createdAt }) => formatDay(new Date(createdAt), locale)}
        stale={stale}
      />
    </div>
  )
}

/** Refused pushes of all repositories of an instance. */
export function RefusalTable({ region, instanceId, label, events, stale, onOpen }: LedgerTableProps) {
  const t = useTranslations()
  const common = useCommonColumns(onOpen)
  const columns: Column<TagEventView>[] = [
    {
      key: 'last',
      header: t('ledger.last'),
      skeleton: 'lg',
      cell: (event) => <Time value={event.lastAt} format="minute" />,
    },
    {
      key: 'tag',
      header: t('tags.tag'),
      kind: 'name',
      skeleton: 'xl',
      cell: (event) => (
        <span className="cell-stack ledger-tag">
          <TagLink region={region} instanceId={instanceId} event={event} />
          <small>
            <Link href={activityHref(region, instanceId, event.repositoryPath)}>{event.repositoryPath}</Link>
          </small>
        </span>
      ),
    },
    common.digest,
    common.by,
    common.from,
    {
      key: 'times',
      header: t('ledger.timesHeader'),
      kind: 'number',
      skeleton: 'sm',
      cell: (event) => event.count,
    },
    common.actions,
  ]
  return (
    <div className="ledger refusals">
      <Table
        label={label}
        columns={columns}
        rows={events}
        rowKey={({ id }) => id}
        rowClass={() => 'refusal'}
        stale={stale}
      />
    </div>
  )
}

interface TagLinkProps {
  region: RegionId
  instanceId: string
  event: TagEventView
}

/** A tag that leads to its page, which also tells of a tag that was deleted. */
function TagLink({ region, instanceId, event: { tag, repositoryPath } }: TagLinkProps) {
  return (
    <Link href={tagHref(region, addressOf(instanceId, repositoryPath), tag)}>
      <code title={tag}>{tag}</code>
    </Link>
  )
}

/** The ledger of the repository with this path. */
function activityHref(region: RegionId, instanceId: string, path: string): string {
  return repositoryHref(region, addressOf(instanceId, path), 'activity')
}

function addressOf(instanceId: string, path: string) {
  const [namespace = '', ...name] = path.split('/')
  return { instanceId, namespace, name: name.join('/') }
}

function useCommonColumns(onOpen: (event: TagEventView) => void) {
  const t = useTranslations()
  const credentialText = useCredentialText()
  return {
    digest: {
      key: 'digest',
      header: t('tags.digest'),
      gives: 2,
      skeleton: 'xl',
      cell: (event) => <DigestMove event={event} />,
    },
    by: {
      key: 'by',
      header: t('audit.by'),
      repeatsHeader: true,
      skeleton: 'md',
      cell: (event) => (
        <span className="cell-stack ledger-by">
          <span title={event.actor}>{event.actor}</span>
          <small title={event.credential}>{credentialText(event)}</small>
        </span>
      ),
    },
    from: {
      key: 'from',
      header: t('audit.from'),
      gives: 1,
      skeleton: 'md',
      cell: (event) => (
        <span className="cell-stack ledger-by">
          <span>{event.address || '—'}</span>
          <small title={event.userAgent}>{clientOf(event)}</small>
        </span>
      ),
    },
    actions: {
      key: 'actions',
      header: t('table.actions'),
      kind: 'actions',
      skeleton: 'sm',
      cell: (event) => (
        <TextButton aria-label={t('ledger.detailsOf', { tag: event.tag })} onClick={() => onOpen(event)}>
          {t('audit.details')}
        </TextButton>
      ),
    },
  } as const satisfies Record<string, Column<TagEventView>>
}

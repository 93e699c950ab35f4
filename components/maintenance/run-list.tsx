'use client'

import { useTranslations } from 'next-intl'
import type { Run } from '../queries/maintenance'
import { IconButton } from '../ui/button'
import { Section } from '../ui/page'
import { EmptyState, ErrorState } from '../ui/states'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { TableFoot } from '../ui/table-foot'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import type { ListParameters } from '../ui/use-list-parameters'
import { durationMsOf } from './run'
import { RunState } from './run-state'
import { StartedBy } from './run-summary'

interface RunListProps<T> {
  list: ListParameters
  /** The page of runs, as the query has it. */
  page: { items: readonly T[]; totalCount: number; nextCursor: string | null } | undefined
  error: unknown
  /** Rows are of the page before. */
  stale: boolean
  /** When the page was read, in milliseconds since 1970. */
  readAtMs: number
  onRefresh: () => void
  /** What runs of the kind have besides start, state and duration. */
  columns: readonly Column<T>[]
  /** What stands under the time of a run that is not like the others. */
  markOf?: (run: T) => string | null
  empty: { title: string; help: string }
}

/** Runs of a kind, the newest first: a section with a list that has pages. */
export function RunList<T extends Run>(props: RunListProps<T>) {
  const { list, page, error, stale, readAtMs, onRefresh, columns, markOf, empty } = props
  const t = useTranslations()
  const format = useFormat()

  const allColumns: Column<T>[] = [
    {
      key: 'started',
      header: t('maintenance.started'),
      kind: 'name',
      skeleton: 'lg',
      cell: (run) => {
        const mark = markOf?.(run)
        return mark ? (
          <span className="cell-stack">
            <Time value={run.startedAt} format="minute" />
            <small>{mark}</small>
          </span>
        ) : (
          <Time value={run.startedAt} format="minute" />
        )
      },
    },
    { key: 'state', header: t('maintenance.state'), skeleton: 'md', cell: (run) => <RunState run={run} /> },
    ...columns,
    {
      key: 'duration',
      header: t('maintenance.duration'),
      kind: 'number',
      repeatsHeader: true,
      skeleton: 'sm',
      cell: (run) => format.duration(durationMsOf(run, readAtMs)),
    },
    {
      key: 'by',
      header: t('maintenance.startedBy'),
      skeleton: 'md',
      cell: (run) => (
        <span className="inline-block max-w-40 truncate align-bottom" title={run.startedBy}>
          <StartedBy run={run} />
        </span>
      ),
    },
  ]

  function content() {
    if (!page && error) return <ErrorState title={t('table.failed')} error={error} onRetry={onRefresh} />
    if (page?.items.length === 0) return <EmptyState title={empty.title}>{empty.help}</EmptyState>
    return (
      <Table
        label={t('maintenance.runs')}
        columns={allColumns}
        rows={page?.items ?? null}
        rowKey={({ id }) => id}
        stale={stale}
      />
    )
  }

  return (
    <Section
      title={t('maintenance.runs')}
      aside={<IconButton icon="refresh" large label={t('table.refresh')} onClick={onRefresh} />}
    >
      {content()}
      {page?.items.length !== 0 && (page || !error) && (
        <TableFoot list={list} page={page}>
          {page && t('maintenance.count', { count: page.totalCount })}
        </TableFoot>
      )}
    </Section>
  )
}

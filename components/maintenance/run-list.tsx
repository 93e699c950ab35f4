'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { Run } from '../queries/maintenance'
import { IconButton } from '../ui/button'
import { List } from '../ui/list'
import { Section } from '../ui/page'
import { EmptyState } from '../ui/empty-state'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import { durationMsOf } from './run'
import { RunState } from './run-state'
import { StartedBy } from './run-summary'
import type { Runs } from './use-runs'

interface RunListProps<T extends Run> {
  runs: Runs<T>
  /** What runs of the kind have besides start, state and duration. */
  columns: readonly Column<T>[]
  /** What stands under the time of a run that is not like the others. */
  markOf?: (run: T) => string | null
  empty: { title: string; help: string }
}

/** Runs of a kind, the newest first: a section with a list that has pages. */
export function RunList<T extends Run>({ runs: { list, page, refresh }, columns, markOf, empty }: RunListProps<T>) {
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
      skeleton: 'sm',
      cell: (run) => format.duration(durationMsOf(run, page.dataUpdatedAt)),
    },
    {
      key: 'by',
      header: t('maintenance.startedBy'),
      repeatsHeader: true,
      skeleton: 'md',
      cell: (run) => (
        <span className="inline-block max-w-40 truncate align-bottom" title={run.startedBy}>
          <StartedBy run={run} />
        </span>
      ),
    },
  ]

  return (
    <Section
      title={t('maintenance.runs')}
      aside={<IconButton icon="refresh" large label={t('table.refresh')} onClick={refresh} />}
    >
      <List
        list={list}
        // Runs that were read once stay when they cannot be read again: they are read every second.
        query={{ ...page, error: page.data ? null : page.error, refetch: refresh }}
        empty={<EmptyState title={empty.title}>{empty.help}</EmptyState>}
        count={(count) => t('maintenance.count', { count })}
      >
        {(rows, stale) => (
          <Table label={t('maintenance.runs')} columns={allColumns} rows={rows} rowKey={({ id }) => id} stale={stale} />
        )}
      </List>
    </Section>
  )
}

interface ResultCellProps {
  run: Run
  /** Why it failed, in words. */
  failure: (failure: string) => string
  /** What it had done when it failed. */
  soFar: ReactNode
  children: ReactNode
}

/** What came of a run: its result, or why it failed and how far it was. */
export function ResultCell({ run, failure, soFar, children }: ResultCellProps) {
  if (run.failure === null) return children
  return (
    <span className="cell-stack min-w-40 whitespace-normal">
      {failure(run.failure)}
      <small>{soFar}</small>
    </span>
  )
}

'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import { Button, IconButton } from './button'
import { failureOf } from './failure'
import { SearchField } from './filters'
import type { PageLinks } from './list-page'
import { EmptyState } from './empty-state'
import { ErrorState } from './states'
import { StepLink, TableFoot } from './table-foot'
import { useFilledPage } from './use-filled-page'
import type { ListParameters } from './use-list-parameters'

interface ToolbarProps {
  list: ListParameters
  label: string
  /** The filter that the search field sets. */
  name?: string
  placeholder: string
  /** Other filters. */
  children?: ReactNode
}

/** Above a list: its search field and filters. */
export function Toolbar({ list, label, name = 'search', placeholder, children }: ToolbarProps) {
  return (
    <div className="toolbar" role="search">
      <SearchField
        label={label}
        placeholder={placeholder}
        value={list.get(name)}
        onSearch={(text) => list.set({ [name]: text })}
      />
      {children}
    </div>
  )
}

/** Reads a list again, at the end of its toolbar. */
export function RefreshButton({ busy, onRefresh }: { busy: boolean; onRefresh: () => void }) {
  const t = useTranslations()
  return (
    <>
      <span className="spacer hide-sm" />
      <IconButton icon="refresh" large label={t('table.refresh')} aria-busy={busy} onClick={onRefresh} />
    </>
  )
}

interface ListContentProps<T> {
  /** Left out where all there is is on one page, without filters. */
  list?: ListParameters
  /** How a page of it is read. */
  query: {
    data: (PageLinks & { items: readonly T[] }) | undefined
    error: unknown
    isPaused: boolean
    isPlaceholderData: boolean
    refetch: () => unknown
  }
  /** What stands there where there is nothing to list. */
  empty: ReactNode
  /** Says that nothing matches the filters. */
  nothingFound?: string
  /** What stands in place of that, where the filters show something that holds nothing. */
  nothingHere?: (nothingFound: ReactNode) => ReactNode
  /** Says that what the list is of is not there any more. */
  gone?: string
  /** The list itself. Rows are null while they load, and stale while those of other filters or another page do. */
  children: (rows: readonly T[] | null, stale: boolean) => ReactNode
}

/** A list, or what takes its place: why it did not load, that nothing matches its filters, or that it is empty. */
export function ListContent<T>({ list, query, empty, nothingFound, nothingHere, gone, children }: ListContentProps<T>) {
  const t = useTranslations()
  const { data, isPlaceholderData, refetch } = query
  const error = failureOf(query)
  const isLeaving = useFilledPage(list, query)
  if (error !== null) {
    const title = gone !== undefined && isApiError(error, 'NOT_FOUND') ? gone : t('table.failed')
    return <ErrorState title={title} error={error} onRetry={() => void refetch()} />
  }
  if (isLeaving) return children(null, false)
  if (data?.items.length !== 0) return children(data?.items ?? null, isPlaceholderData)
  if (list !== undefined && data.nextCursor !== null) {
    const { next } = list.hrefsAround(data)
    return (
      <EmptyState
        title={t('table.nothingSoFar')}
        action={next && <StepLink href={next}>{t('table.searchOn')}</StepLink>}
      >
        {t('table.nothingSoFarHelp')}
      </EmptyState>
    )
  }
  if (!list?.isFiltered) return empty
  const nothing = (
    <EmptyState
      title={t('table.nothingFound')}
      action={<Button onClick={() => list.clearFilters()}>{t('table.clearFilters')}</Button>}
    >
      {nothingFound}
    </EmptyState>
  )
  return nothingHere?.(nothing) ?? nothing
}

interface ListProps<T> extends ListContentProps<T> {
  /** How many there are in all, in words. */
  count: (totalCount: number) => string
  /** In place of the count, while rows are chosen. */
  selection?: ReactNode
}

/** A list with its foot: how many there are, and the pages before and after. */
export function List<T>({ count, selection, ...props }: ListProps<T>) {
  const t = useTranslations()
  const { data } = props.query
  const hasFailed = failureOf(props.query) !== null
  return (
    <>
      <ListContent {...props} />
      {!hasFailed && data?.items.length !== 0 && (
        <TableFoot
          {...(props.list && { list: props.list })}
          page={data}
          stale={props.query.isPlaceholderData}
          selection={selection}
        >
          {data && (data.isCapped ? t('table.atLeast', { count: count(data.totalCount) }) : count(data.totalCount))}
        </TableFoot>
      )}
    </>
  )
}

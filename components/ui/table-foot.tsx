'use client'

import { useTranslations } from 'next-intl'
import { Fragment } from 'react'
import type { MouseEvent, ReactNode } from 'react'
import { classNames } from './class-names'
import { Select } from './filters'
import { Icon } from './icon'
import type { IconName } from './icon'
import type { PageLinks } from './list-page'
import { useFormat } from './use-format'
import { goTo, pageSizes } from './use-list-parameters'
import type { ListParameters } from './use-list-parameters'

interface TableFootProps {
  /** How many there are in all, in words. */
  children: ReactNode
  /** Left out where there is but one page. */
  list?: ListParameters
  page: PageLinks | undefined
  /** Whether `page` is the one before, while that of the address is read: what is around it is not known yet. */
  stale: boolean
  /** What can be done with the rows that are chosen. It takes the place of the count, so that nothing moves. */
  selection?: ReactNode
}

/** Beneath a list: how many there are, how many a page shows, and the pages before and after. */
export function TableFoot({ children, list, page, stale, selection }: TableFootProps) {
  return (
    <footer className="table-foot">
      {selection ?? <span role="status">{children}</span>}
      {list && <Pager list={list} page={page} stale={stale} />}
    </footer>
  )
}

function Pager({ list, page, stale }: { list: ListParameters } & Pick<TableFootProps, 'page' | 'stale'>) {
  const t = useTranslations()
  const format = useFormat()
  const { pageSize } = list.page
  const hrefs = page && list.hrefsAround(page)
  const pageCount = page ? Math.max(1, Math.ceil(page.totalCount / pageSize)) : undefined
  return (
    <nav className="pager" aria-label={t('table.pages')}>
      <Select label={t('table.pageSize')} value={String(pageSize)} onChange={(size) => list.setPageSize(size)}>
        {pageSizes.map((size) => (
          <option key={size} value={size}>
            {t('table.perPage', { count: size })}
          </option>
        ))}
      </Select>
      <Step icon="left" label={t('table.previous')} href={hrefs?.previous ?? null} waits={stale} />
      {pageCount !== undefined && list.hrefOfNumber && (
        <Numbers hrefOf={list.hrefOfNumber} number={list.pageNumber} count={pageCount} />
      )}
      {page?.isCapped && list.hrefOfNumber && <span aria-hidden="true">…</span>}
      {pageCount !== undefined && (
        <span className={classNames('pager-at', list.hrefOfNumber !== null && 'sr-only')}>
          {t('table.pageOf', {
            page: format.number(list.pageNumber),
            count: `${format.number(Math.max(pageCount, list.pageNumber))}${page?.isCapped ? '+' : ''}`,
          })}
        </span>
      )}
      <Step icon="right" label={t('table.next')} href={hrefs?.next ?? null} waits={stale} />
    </nav>
  )
}

/** The first page, those around the one shown, and the last. */
function Numbers({ hrefOf, number, count }: { hrefOf: (number: number) => string; number: number; count: number }) {
  const t = useTranslations()
  const format = useFormat()
  const shown = [1, number - 1, number, number + 1, count].filter((at) => at >= 1 && at <= count)
  return [...new Set(shown)].map((at, index, all) => (
    <Fragment key={at}>
      {at - (all[index - 1] ?? 0) > 1 && <span aria-hidden="true">…</span>}
      <a
        href={hrefOf(at)}
        aria-label={t('table.page', { page: format.number(at) })}
        aria-current={at === number ? 'page' : undefined}
        onClick={(event) => goHere(event, hrefOf(at))}
      >
        {format.number(at)}
      </a>
    </Fragment>
  ))
}

/** A link, as a button, to another page of a list. */
export function StepLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a className="button" href={href} onClick={(event) => goHere(event, href)}>
      {children}
    </a>
  )
}

interface StepProps {
  icon: IconName
  label: string
  /** Null: there is no such page. */
  href: string | null
  /** Whether a press does nothing yet. It stays a link, so that it keeps the focus. */
  waits: boolean
}

function Step({ icon, label, href, waits }: StepProps) {
  if (href === null) {
    return (
      <span className="off" aria-hidden="true">
        <Icon name={icon} />
      </span>
    )
  }
  return (
    <a
      href={href}
      aria-label={label}
      title={label}
      aria-disabled={waits || undefined}
      onClick={(event) => {
        if (waits) event.preventDefault()
        else goHere(event, href)
      }}
    >
      <Icon name={icon} />
    </a>
  )
}

/** A plain press stays on the page; one that opens a tab or window is the browser's. */
function goHere(event: MouseEvent, href: string) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  goTo(href)
}

'use client'

import { useTranslations } from 'next-intl'
import type { MouseEvent, ReactNode } from 'react'
import { Select } from './filters'
import { Icon } from './icon'
import type { IconName } from './icon'
import { useFormat } from './use-format'
import { goTo, pageSizes } from './use-list-parameters'
import type { ListParameters } from './use-list-parameters'

interface TableFootProps {
  /** How many there are in all, in words. */
  children: ReactNode
  /** Left out where there is but one page. */
  list?: ListParameters
  page: { totalCount: number; nextCursor: string | null } | undefined
}

/** Beneath a list: how many there are, how many a page shows, and the pages before and after. */
export function TableFoot({ children, list, page }: TableFootProps) {
  return (
    <footer className="table-foot">
      <span role="status">{children}</span>
      {list && <Pager list={list} page={page} />}
    </footer>
  )
}

function Pager({ list, page }: { list: ListParameters; page: TableFootProps['page'] }) {
  const t = useTranslations()
  const format = useFormat()
  const { pageSize } = list.page
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
      <Step icon="left" label={t('table.previous')} href={list.previousHref} />
      {pageCount !== undefined && (
        <span className="pager-at">
          {t('table.pageOf', {
            page: format.number(list.pageNumber),
            count: format.number(Math.max(pageCount, list.pageNumber)),
          })}
        </span>
      )}
      <Step icon="right" label={t('table.next')} href={page?.nextCursor ? list.hrefAfter(page.nextCursor) : null} />
    </nav>
  )
}

function Step({ icon, label, href }: { icon: IconName; label: string; href: string | null }) {
  if (href === null) {
    return (
      <span className="off" aria-hidden="true">
        <Icon name={icon} />
      </span>
    )
  }
  return (
    <a href={href} aria-label={label} title={label} onClick={(event) => goHere(event, href)}>
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

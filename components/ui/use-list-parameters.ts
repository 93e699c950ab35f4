'use client'

import { usePathname, useSearchParams } from 'next/navigation'

const cursorName = 'cursor'
const pageSizeName = 'pageSize'

/** Page sizes a list offers; the first is what it begins with. */
export const pageSizes = [20, 50, 100] as const

/**
 * Filters, sort and page of a list, kept in the query string, so that Back, reload and a shared address show the same.
 *
 * The lists of the API are pages after a cursor. The address holds the cursors of all pages passed (`cursor` repeated),
 * so that there is a way back without asking for the pages before.
 */
export function useListParameters() {
  const pathname = usePathname()
  const search = useSearchParams()
  const cursors = search.getAll(cursorName)
  const asked = Number(search.get(pageSizeName))
  const pageSize = pageSizes.find((size) => size === asked) ?? pageSizes[0]

  function hrefWith(change: (next: URLSearchParams) => void): string {
    const next = new URLSearchParams(search)
    change(next)
    return next.size === 0 ? pathname : `${pathname}?${next}`
  }

  function hrefAt(passed: readonly string[]): string {
    return hrefWith((next) => {
      next.delete(cursorName)
      for (const cursor of passed) next.append(cursorName, cursor)
    })
  }

  return {
    pageSize,
    cursor: cursors.at(-1),
    /** 1 for the first page. */
    pageNumber: cursors.length + 1,
    previousHref: cursors.length === 0 ? null : hrefAt(cursors.slice(0, -1)),
    firstHref: hrefAt([]),
    /** The address of the page after this one. */
    hrefAfter: (nextCursor: string) => hrefAt([...cursors, nextCursor]),
    /** A filter's value, empty when it is not set. */
    get: (name: string) => search.get(name) ?? '',
    /** Sets filters; an empty value clears one. Begins at the first page again. */
    set(values: Record<string, string>) {
      goTo(
        hrefWith((next) => {
          next.delete(cursorName)
          for (const [name, value] of Object.entries(values)) {
            if (value === '') next.delete(name)
            else next.set(name, value)
          }
        }),
      )
    },
    setPageSize(size: string) {
      this.set({ [pageSizeName]: size === String(pageSizes[0]) ? '' : size })
    },
  }
}

/** The parameters of a list. */
export type ListParameters = ReturnType<typeof useListParameters>

/** Goes to another view of the same page without asking the server for the page again. */
export function goTo(href: string) {
  window.history.pushState(null, '', href)
}

'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { lastFilledPage, pageAfter, pageBefore, readListPage, setListPage } from './list-page'
import type { ListPage, PageLinks } from './list-page'

const pageSizeName = 'pageSize'

/** Page sizes a list offers; the first is what it begins with. */
export const pageSizes = [20, 50, 100] as const

/**
 * Filters, sort and page of a list, kept in the query string, so that Back, reload and a shared address show the same.
 *
 * `filterNames` are the parameters that leave rows out. `isNumbered`: the API has pages of the list by number.
 */
export function useListParameters<Name extends string = never>(
  filterNames: readonly Name[] = [],
  { isNumbered = false }: { isNumbered?: boolean } = {},
) {
  const pathname = usePathname()
  const search = useSearchParams()
  const page = readListPage(search, isNumbered)
  const asked = Number(search.get(pageSizeName))
  const pageSize = pageSizes.find((size) => size === asked) ?? pageSizes[0]

  function hrefWith(change: (next: URLSearchParams) => void): string {
    const next = new URLSearchParams(search)
    change(next)
    return next.size === 0 ? pathname : `${pathname}?${next}`
  }

  function hrefAt(to: ListPage): string {
    return hrefWith((next) => setListPage(next, to))
  }

  const hrefOrNull = (to: ListPage | null) => (to === null ? null : hrefAt(to))

  /** A parameter's value, empty when it is not set. */
  const get = (name: string) => search.get(name) ?? ''

  /** Sets parameters; an empty value clears one. Begins at the first page again. */
  function set(values: Record<string, string>) {
    goTo(
      hrefWith((next) => {
        setListPage(next, { number: 1, cursor: undefined })
        for (const [name, value] of Object.entries(values)) {
          if (value === '') next.delete(name)
          else next.set(name, value)
        }
      }),
    )
  }

  const filters = Object.fromEntries(filterNames.map((name) => [name, get(name)])) as Record<Name, string>

  return {
    get,
    set,
    /** The page shown, as the queries of lists take it. */
    page: { pageSize, cursor: page.cursor },
    /** The number of a page that no cursor leads to, for lists with pages by number. */
    numbered: page.number > 1 && page.cursor === undefined ? page.number : undefined,
    /** The address of a page by its number; null where the list has none. */
    hrefOfNumber: isNumbered ? (number: number) => hrefAt({ number, cursor: undefined }) : null,
    /** 1 for the first page. */
    pageNumber: page.number,
    /** The addresses of the pages before and after the one shown; null where there is none. */
    hrefsAround: (links: PageLinks) => ({
      previous: hrefOrNull(pageBefore(page, links)),
      next: hrefOrNull(pageAfter(page, links)),
    }),
    /** The address of the last page that has rows. */
    lastHref: (links: PageLinks) => hrefAt(lastFilledPage(links, pageSize)),
    setPageSize: (size: string) => set({ [pageSizeName]: size === String(pageSizes[0]) ? '' : size }),
    /** The filters' values, empty where one is not set. */
    filters,
    isFiltered: Object.values(filters).some((value) => value !== ''),
    /** Clears all filters but those given. */
    clearFilters: (kept: Record<string, string> = {}) =>
      set({ ...Object.fromEntries(filterNames.map((name) => [name, ''])), ...kept }),
    /** What a field needs to show a filter and set it. */
    filter(name: Name) {
      return { value: filters[name], onChange: (value: string) => set({ [name]: value }) }
    },
    /** What a table needs to show its order and change it; `first` is the order that the address does not name. */
    sorting(first: string) {
      const sort = get('sort') || first
      return { sort, onSort: (next: string) => set({ sort: next === first ? '' : next }) }
    },
  }
}

/** The parameters of a list. */
export type ListParameters<Name extends string = string> = ReturnType<typeof useListParameters<Name>>

/** Goes to another view of the same page without asking the server for the page again. */
export function goTo(href: string) {
  window.history.pushState(null, '', href)
}

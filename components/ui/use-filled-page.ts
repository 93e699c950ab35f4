'use client'

import { useEffect } from 'react'
import type { PageLinks } from './list-page'
import type { ListParameters } from './use-list-parameters'

interface PageQuery {
  data: (PageLinks & { items: readonly unknown[] }) | undefined
  isPlaceholderData: boolean
}

/**
 * Leaves a page of a list that holds nothing any more, because its last rows were deleted, for the last page that has
 * rows. Returns whether it is on its way: there is nothing to show until then.
 */
export function useFilledPage(list: ListParameters | undefined, { data, isPlaceholderData }: PageQuery): boolean {
  // An empty page of a list that is not counted to its end was searched, not emptied.
  const emptied = list !== undefined && data?.items.length === 0 && !data.isCapped ? data : undefined
  const href = emptied && !isPlaceholderData && list && list.pageNumber > 1 ? list.lastHref(emptied) : null
  useEffect(() => {
    // In place of the emptied page: Back leads to where the person came from.
    if (href !== null) window.history.replaceState(null, '', href)
  }, [href])
  // While the page with rows is read, the emptied one stands in for it.
  return href !== null || (emptied !== undefined && isPlaceholderData && emptied.totalCount > 0)
}

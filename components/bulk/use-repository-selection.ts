'use client'

import { useState } from 'react'
import type { RepositoryView } from '@/lib/api/schemas/repositories'

interface Chosen {
  /** Of which list, as `useRepositorySelection` was given it. */
  list: string
  /** Ids of repositories, or all that the list has. */
  ids: ReadonlySet<string> | 'all'
}

const none: ReadonlySet<string> = new Set()

/**
 * The repositories that are chosen in a list: some, also on other pages of it, or all that match its filters. `list`
 * says which list it is: with other filters, nothing is chosen.
 */
export function useRepositorySelection(list: string) {
  const [chosen, setChosen] = useState<Chosen>({ list, ids: none })
  const ids = chosen.list === list ? chosen.ids : none
  const choose = (next: Chosen['ids']) => setChosen({ list, ids: next })

  function toggle(changed: readonly RepositoryView[], isChosen: boolean, page: readonly RepositoryView[]) {
    // One fewer than all are those of the page without it: the others are not known.
    const next = new Set(ids === 'all' ? page.map(({ id }) => id) : ids)
    for (const { id } of changed) {
      if (isChosen) next.add(id)
      else next.delete(id)
    }
    choose(next)
  }

  return {
    /** Null: all that match. */
    ids: ids === 'all' ? null : [...ids],
    isAll: ids === 'all',
    isEmpty: ids !== 'all' && ids.size === 0,
    has: ({ id }: RepositoryView) => ids === 'all' || ids.has(id),
    toggle,
    chooseAll: () => choose('all'),
    clear: () => choose(none),
  }
}

/** What is chosen in a list of repositories. */
export type RepositorySelection = ReturnType<typeof useRepositorySelection>

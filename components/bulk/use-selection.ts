'use client'

import { useState } from 'react'
interface Chosen {
  /** Of which list, as `useRepositorySelection` was given it. */
  list: string
  /** Keys of rows, or all that the list has. */
  keys: ReadonlySet<string> | 'all'
}

const none: ReadonlySet<string> = new Set()

/**
 * The rows that are chosen in a list: some, also on other pages of it, or all that match its filters. `list` says which
 * list it is: with other filters, nothing is chosen. `keyOf` must name a row on all pages.
 */
export function useSelection<T>(list: string, keyOf: (row: T) => string) {
  const [chosen, setChosen] = useState<Chosen>({ list, keys: none })
  const keys = chosen.list === list ? chosen.keys : none
  const choose = (next: Chosen['keys']) => setChosen({ list, keys: next })

  function toggle(changed: readonly T[], isChosen: boolean, page: readonly T[]) {
    // One fewer than all are those of the page without it: the others are not known.
    const next = new Set(keys === 'all' ? page.map(keyOf) : keys)
    for (const row of changed) {
      if (isChosen) next.add(keyOf(row))
      else next.delete(keyOf(row))
    }
    choose(next)
  }

  return {
    /** Null: all that match. */
    keys: keys === 'all' ? null : [...keys],
    isAll: keys === 'all',
    isEmpty: keys !== 'all' && keys.size === 0,
    has: (row: T) => keys === 'all' || keys.has(keyOf(row)),
    toggle,
    chooseAll: () => choose('all'),
    clear: () => choose(none),
  }
}

/** What is chosen in a list of `T`. */
export type Selection<T> = ReturnType<typeof useSelection<T>>

'use client'

import { useSyncExternalStore } from 'react'

const never = () => () => {}

/**
 * False on the server, and while the browser takes over the HTML from it, when the two must show the same. For a part that is
 * taken over later than others, as what `lazy` loads: these may have read by then what the server did not have.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}

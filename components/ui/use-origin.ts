'use client'

import { useSyncExternalStore } from 'react'

/** Scheme, host and port by which this browser reaches the server. While the server renders, some as long as others. */
export function useOrigin(): string {
  return useSyncExternalStore(
    () => () => undefined,
    () => location.origin,
    () => 'https://registry.example.com',
  )
}

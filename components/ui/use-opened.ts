'use client'

import { useState } from 'react'

interface Reading<T> {
  data: T | undefined
  error: unknown
  isFetching: boolean
}

/**
 * What an object was when the dialog about it opened: null until it is read afresh. It stays while the object is read
 * again in the background, so that the dialog does not lose what was typed, nor the focus.
 */
export function useOpened<T>({ data, error, isFetching }: Reading<T>): T | null {
  const [opened, setOpened] = useState<T | null>(null)
  if (opened === null && data !== undefined && !isFetching && error === null) setOpened(data)
  return opened
}

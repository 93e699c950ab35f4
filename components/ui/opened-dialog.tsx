'use client'

import { useQuery } from '@tanstack/react-query'
import type { QueryKey, UndefinedInitialDataOptions } from '@tanstack/react-query'
import { useState } from 'react'
import type { ReactNode } from 'react'
import type { Versioned } from '@/lib/api/client/api'
import { LoadingDialog } from './loading-dialog'

/** A dialog about an object that was read when the dialog opened. */
export interface Opened<T> {
  /** The object as it was then. */
  opened: Versioned<T>
  /** The object as it was read last. */
  current: Versioned<T>
  reload: () => Promise<{ data: Versioned<T> | undefined }>
  onClose: () => void
}

interface OpenedDialogProps<T, Key extends QueryKey> {
  /** Of the dialog that stands there until the object is read. */
  title: string
  query: UndefinedInitialDataOptions<Versioned<T>, Error, Versioned<T>, Key>
  onClose: () => void
  children: (dialog: Opened<T>) => ReactNode
}

/**
 * Reads an object afresh, so that a dialog decides on what is there, then shows the dialog. What it opened with stays
 * while the object is read again in the background, so that the dialog does not lose what was typed, nor the focus.
 */
export function OpenedDialog<T, Key extends QueryKey>(props: OpenedDialogProps<T, Key>) {
  const { title, query: options, onClose, children } = props
  const query = useQuery({ ...options, staleTime: 0 })
  const { data, error, isFetching } = query
  const [opened, setOpened] = useState<Versioned<T> | null>(null)
  if (opened === null && data !== undefined && !isFetching && error === null) setOpened(data)
  if (opened === null) return <LoadingDialog title={title} query={query} onClose={onClose} />
  return children({ opened, current: data ?? opened, reload: query.refetch, onClose })
}

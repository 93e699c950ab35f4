'use client'

import { Suspense } from 'react'
import type { TagEventView } from '@/lib/api/schemas/tag-events'
import { lazyComponent } from '../ui/lazy-component'
import type { ListParameters } from '../ui/use-list-parameters'
import type { exactFilters } from './ledger-filters'

const TagEventDialog = lazyComponent(() => import('./tag-event-dialog'), 'TagEventDialog')

interface EventDetailsProps {
  /** Null: none is open. */
  event: TagEventView | null
  /** Null while it loads. */
  registryAddress: string | null
  /** The list that the event is in: its fields become filters of it. */
  list: ListParameters<(typeof exactFilters)[number]>
  onClose: () => void
}

/** What happened to a tag, in a dialog over the list. */
export function EventDetails({ event, registryAddress, list, onClose }: EventDetailsProps) {
  return (
    <Suspense>
      {event && (
        <TagEventDialog
          event={event}
          registryAddress={registryAddress}
          onClose={onClose}
          onFilter={(next) => {
            onClose()
            list.clearFilters(next)
          }}
        />
      )}
    </Suspense>
  )
}

import type { z } from 'zod'
import type { Context } from '@/lib/context'
import type { Run } from '@/lib/jobs/job'
import type { collectionCounts } from './maintenance-run-details'

/** The run of a garbage collection. */
export type CollectionRun = Run<z.output<typeof collectionCounts>>

/** One garbage collection. */
export interface Collection {
  readonly ctx: Context
  /** When it began, in milliseconds. */
  readonly now: number
  readonly cutoff: Date
  readonly isDryRun: boolean
  readonly run: CollectionRun
  /** Lets other requests run, between two pages. */
  readonly giveTurn: () => Promise<void>
}

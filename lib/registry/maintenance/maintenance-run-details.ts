import { z } from 'zod'
import type { MaintenanceKind, MaintenanceRunRow } from '@/lib/metadata/maintenance-runs'

const count = z.number().int().nonnegative().default(0)

/** What a run of garbage collection has done, as stored. */
export const collectionCounts = z.object({
  examinedBlobs: count,
  examinedBytes: count,
  removedLinks: count,
  removedBlobs: count,
  removedBytes: count,
  removedUploads: count,
})

/** What a run of the scrub has done, as stored. */
export const scrubCounts = z.object({
  examinedBlobs: count,
  examinedBytes: count,
  corruptBlobs: count,
  corruptManifests: count,
})

/** What is stored of a run as its kind has it. */
const schemas = {
  GARBAGE_COLLECTION: {
    options: z.object({ isDryRun: z.boolean().default(false), graceSeconds: count }),
    counts: collectionCounts,
  },
  SCRUB: { options: z.object({}), counts: scrubCounts },
} as const satisfies Record<MaintenanceKind, { readonly options: z.ZodType; readonly counts: z.ZodType }>

/** A run of a kind as its readers see it: with numbers and times as JSON has them. */
export type MaintenanceRun<Kind extends MaintenanceKind> = Pick<
  MaintenanceRunRow,
  'state' | 'startedBy' | 'failure'
> & {
  readonly id: string
  readonly startedAt: string
  readonly endedAt: string | null
} & z.output<(typeof schemas)[Kind]['options']> &
  z.output<(typeof schemas)[Kind]['counts']>

/** A run that is known to be of the kind, for its readers. */
export function toMaintenanceRun<Kind extends MaintenanceKind>(
  kind: Kind,
  { id, state, options, startedBy, startedAt, endedAt, counts, failure }: MaintenanceRunRow,
): MaintenanceRun<Kind> {
  // The compiler cannot see that a kind's schemas make what a run of the kind has.
  return {
    id: String(id),
    state,
    startedBy,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    failure,
    ...schemas[kind].options.parse(options),
    ...schemas[kind].counts.parse(counts),
  } as unknown as MaintenanceRun<Kind>
}

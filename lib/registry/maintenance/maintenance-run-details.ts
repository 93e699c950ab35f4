import { z } from 'zod'
import type { MaintenanceKind, MaintenanceRunRow } from '@/lib/metadata/maintenance-runs'

const count = z.number().int().nonnegative().default(0)

/** Stored counts of a garbage collection run. */
export const collectionCounts = z.object({
  examinedBlobs: count,
  examinedBytes: count,
  removedManifests: count,
  removedManifestBytes: count,
  removedLinks: count,
  removedBlobs: count,
  removedBytes: count,
  removedUploads: count,
})

/** Stored counts of a scrub run. */
export const scrubCounts = z.object({
  examinedBlobs: count,
  examinedBytes: count,
  corruptBlobs: count,
  corruptManifests: count,
})

/** Stored options and counts of a run, by its kind. */
const schemas = {
  GARBAGE_COLLECTION: {
    options: z.object({ isDryRun: z.boolean().default(false), graceSeconds: count }),
    counts: collectionCounts,
  },
  SCRUB: { options: z.object({}), counts: scrubCounts },
} as const satisfies Record<MaintenanceKind, { readonly options: z.ZodType; readonly counts: z.ZodType }>

/** A run of a kind as the API returns it: times are ISO 8601 text. */
export type MaintenanceRun<Kind extends MaintenanceKind> = Pick<
  MaintenanceRunRow,
  'state' | 'startedBy' | 'failure'
> & {
  readonly id: string
  readonly startedAt: string
  readonly endedAt: string | null
} & z.output<(typeof schemas)[Kind]['options']> &
  z.output<(typeof schemas)[Kind]['counts']>

/** Returns a run as the API shows it. The row must be of this kind. */
export function toMaintenanceRun<Kind extends MaintenanceKind>(
  kind: Kind,
  { id, state, options, startedBy, startedAt, endedAt, counts, failure }: MaintenanceRunRow,
): MaintenanceRun<Kind> {
  // The compiler cannot see that a kind's schemas return the fields of its runs.
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

import { z } from 'zod'
import { pageOf, pageQuery, timestamp } from './common'

const count = z.number().int().nonnegative()

/** What every run has. */
const run = {
  id: z.string().meta({ examples: ['17'] }),
  state: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED']),
  startedBy: z.string().meta({ description: 'User name, or `schedule`' }),
  startedAt: timestamp,
  endedAt: timestamp.nullable(),
  examinedBlobs: count,
  examinedBytes: count,
  failure: z.string().nullable().meta({ description: 'Why it failed; what it did until then stays done' }),
}

/** A run of garbage collection; counts grow while it runs. */
export const garbageCollection = z.object({
  ...run,
  isDryRun: z.boolean().meta({ description: 'Counts what it would remove, and removes nothing' }),
  graceSeconds: count.meta({ description: 'What was pushed, mounted or asked for within this time stays' }),
  removedLinks: count.meta({ description: 'Blobs taken out of a repository whose manifests do not name them' }),
  removedBlobs: count.meta({ description: 'Blobs that no repository has any more' }),
  removedBytes: count.meta({ description: 'Their bytes' }),
  removedUploads: count.meta({ description: 'Abandoned uploads' }),
})

export const garbageCollectionPage = pageOf(garbageCollection)

export const createGarbageCollectionBody = z.strictObject({
  isDryRun: z.boolean().default(false),
  graceSeconds: z.number().int().min(0).max(31_536_000).optional().meta({
    description: 'Instead of the setting’s. Below an hour it may take a blob that a client is about to name',
  }),
})

/** A run of the scrub, which reads all bytes again; counts grow while it runs. */
export const scrub = z.object({
  ...run,
  corruptBlobs: count.meta({ description: 'Blobs whose bytes changed or are missing. They are served no more' }),
  corruptManifests: count,
})

export const scrubPage = pageOf(scrub)

export const createScrubBody = z.strictObject({})

/** Query of both lists: the newest runs first. */
export const runQuery = pageQuery

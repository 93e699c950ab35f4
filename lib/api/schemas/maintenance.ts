import { z } from 'zod'
import { digest, pageOf, pageQuery, timestamp } from './common'

const count = z.number().int().nonnegative()

/** Fields of every run. */
const run = {
  id: z.string().meta({ examples: ['17'] }),
  state: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED']),
  startedBy: z.string().meta({ description: 'User name, or `schedule`' }),
  startedAt: timestamp,
  endedAt: timestamp.nullable(),
  examinedBlobs: count,
  examinedBytes: count,
  failure: z.string().nullable().meta({ description: 'Why the run failed. Its work up to that point is kept' }),
}

/** A garbage collection run. Its counts grow while it runs. */
export const garbageCollection = z.object({
  ...run,
  isDryRun: z.boolean().meta({ description: 'Counts what would be removed, and removes nothing' }),
  graceSeconds: count.meta({ description: 'Content that was pushed, mounted or requested within this time is kept' }),
  removedManifests: count.meta({
    description: 'Manifests that no tag, index or subject has reached for as long as their namespace keeps them',
  }),
  removedManifestBytes: count.meta({ description: 'Total size of these manifests, without the blobs they reference' }),
  removedLinks: count.meta({ description: 'Links of blobs to repositories whose manifests do not reference them' }),
  removedBlobs: count.meta({ description: 'Blobs that no repository uses any more' }),
  removedBytes: count.meta({ description: 'Total size of the removed blobs' }),
  removedUploads: count.meta({ description: 'Abandoned uploads' }),
})

/** A manifest that a dry run would have removed. */
const plannedManifest = z.object({
  repository: z.string().meta({ description: '`<namespace>/<name>`' }),
  digest,
  sizeBytes: count.meta({ description: 'Size of the manifest and all it references' }),
})

export const plannedManifestPage = pageOf(plannedManifest)

export const garbageCollectionPage = pageOf(garbageCollection)

export const createGarbageCollectionBody = z.strictObject({
  isDryRun: z.boolean().default(false),
  graceSeconds: z.number().int().min(0).max(31_536_000).optional().meta({
    description:
      'Overrides the setting. With less than an hour, the run may remove a blob that a push in progress is about to reference',
  }),
})

/** A scrub run, which reads all stored bytes again. Its counts grow while it runs. */
export const scrub = z.object({
  ...run,
  corruptBlobs: count.meta({ description: 'Blobs whose bytes have changed or are missing. They are no longer served' }),
  corruptManifests: count,
})

export const scrubPage = pageOf(scrub)

export const createScrubBody = z.strictObject({})

/** Query of both lists of runs, newest first. */
export const runQuery = pageQuery
